package account

import (
	"context"

	"fieldcare/internal/mail"
)

// newPasswordSet is the template that tells a user of a new password.
const newPasswordSet = "new-password-set"

// WriteLetters gives the post the mails of accounts. Their links are made when they are sent: no order and no row holds
// one. organisation gives the organisation's name.
func (a *Accounts) WriteLetters(post *mail.Post, publicURL string, organisation func(context.Context) (string, error)) {
	for _, template := range []string{string(NewUser), string(PasswordReset), newPasswordSet} {
		post.Compose(template, func(ctx context.Context, order mail.Order) (*mail.Message, error) {
			name, err := organisation(ctx)
			if err != nil {
				return nil, err
			}
			data := map[string]any{"Organisation": name}
			if template != newPasswordSet {
				token, err := a.MakeLink(ctx, order.To, Purpose(template))
				if err != nil {
					return nil, err
				}
				// Behind #, so that the token is in no server's log.
				data["Link"] = publicURL + "/set-password#" + token
			}
			return mail.Write(ctx, a.DB.Read(), order, data)
		})
	}
}
