package handlers

import (
	"context"

	"fieldcare/internal/account"
	"fieldcare/internal/mail"
)

func (s *Server) listMails(ctx context.Context, _ account.User, in *Paging) (*page[mail.Sent], error) {
	found, err := s.Mails.List(ctx, in.Limit, in.Cursor)
	return &page[mail.Sent]{found}, err
}
