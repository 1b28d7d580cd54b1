package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"fieldcare/internal/database"
)

// AccessTime is how long an access token is good for.
const AccessTime = 15 * time.Minute

// ErrSignedOut says that a token opens nothing: it is wrong or too old, its session ended, or its user is disabled.
// The remedy is to sign in.
var ErrSignedOut = errors.New("not signed in, or not any more")

const (
	issuer   = "fieldcare"
	audience = "fieldcare-api"
)

// claims are what an access token says. It says no roles: these are read with every request, so that a change of them
// acts at once.
type claims struct {
	jwt.RegisteredClaims
	Session uuid.UUID `json:"sid"`
}

func (k Keys) sign(user, session uuid.UUID, now time.Time) (string, error) {
	with := k.access[0]
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		Session: session,
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: issuer, Audience: jwt.ClaimStrings{audience}, Subject: user.String(), ID: uuid.NewString(),
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(AccessTime)),
		},
	})
	token.Header["kid"] = with.name
	return token.SignedString(with.key)
}

// read gives the user and the session of an access token that is signed by a key of ours and still good.
func (k Keys) read(token string, now time.Time) (user, session uuid.UUID, err error) {
	var c claims
	_, err = jwt.ParseWithClaims(token, &c, func(t *jwt.Token) (any, error) {
		for _, with := range k.access {
			if t.Header["kid"] == with.name {
				return with.key, nil
			}
		}
		return nil, jwt.ErrTokenUnverifiable
	}, jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithIssuer(issuer), jwt.WithAudience(audience),
		jwt.WithExpirationRequired(), jwt.WithStrictDecoding(), jwt.WithTimeFunc(func() time.Time { return now }))
	if err != nil {
		return uuid.Nil, uuid.Nil, ErrSignedOut
	}
	user, err = uuid.Parse(c.Subject)
	if err != nil {
		return uuid.Nil, uuid.Nil, ErrSignedOut
	}
	return user, c.Session, nil
}

// Holds is true of an access token that is signed by a key of ours and still good. It asks no database, and so does not
// know whether the session ended or the user is disabled.
func (a *Accounts) Holds(token string) bool {
	_, _, err := a.Keys.read(token, a.Clock())
	return err == nil
}

// Authenticate gives the user of an access token, with the roles of this moment. It is ErrSignedOut once the session
// ended or the user is disabled: both act at once, on every node, because each request reads them (one look-up by key).
func (a *Accounts) Authenticate(ctx context.Context, token string) (User, error) {
	user, session, err := a.Keys.read(token, a.Clock())
	if err != nil {
		return User{}, err
	}
	u := User{Session: session}
	err = selectSignedIn.Row(ctx, a.DB.Read(), session, user).Scan(u.places()...)
	if errors.Is(err, sql.ErrNoRows) {
		return User{}, ErrSignedOut
	}
	return u, err
}

var selectSignedIn = database.Prepared("SELECT " + userColumns + ` FROM sessions s JOIN users u ON u.id = s.user_id
	WHERE s.id = ? AND u.id = ? AND s.ended_at IS NULL AND u.disabled_at IS NULL`)

// newSecret makes a secret that is handed out once and of which only the hash is kept.
func newSecret() string {
	random := make([]byte, 32)
	rand.Read(random)
	return base64.RawURLEncoding.EncodeToString(random)
}

// hashOf is the form in which a secret of newSecret is kept. It needs no salt: nobody guesses 256 random bits.
func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
