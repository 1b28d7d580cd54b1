package handlers

import (
	"context"
	"net/http"
	"net/netip"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"fieldcare/internal/account"
)

const refreshCookie = "fieldcare_refresh"

// session is what a client gets who signs in. The refresh token is not in it: it travels in a cookie that no script reads.
type session struct {
	AccessToken string    `json:"access_token" doc:"Send it as Authorization: Bearer …"`
	ExpiresAt   time.Time `json:"expires_at"`
	User        user      `json:"user"`
}

type sessionOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      session
}

func (s *Server) handOut(made account.Session) *sessionOutput {
	return &sessionOutput{
		SetCookie: s.cookie(made.Refresh, made.RefreshExpires, int(account.RefreshTime.Seconds())),
		Body:      session{AccessToken: made.Access, ExpiresAt: made.AccessExpires, User: userOf(made.User)},
	}
}

// cookie says its end twice: browsers go by the age, whatever their clock shows.
func (s *Server) cookie(token string, expires time.Time, age int) http.Cookie {
	return http.Cookie{Name: refreshCookie, Value: token, Path: "/api/v1/session", Expires: expires, MaxAge: age,
		HttpOnly: true, Secure: s.SecureCookies, SameSite: http.SameSiteStrictMode}
}

// FromAddress is the client's address, by which attempts are limited.
type FromAddress struct{ address string }

// Resolve takes what was found out when the request came in.
func (f *FromAddress) Resolve(c huma.Context) []error {
	f.address = c.Context().Value(addressKey{}).(netip.Addr).String()
	return nil
}

type signInInput struct {
	FromAddress
	Body struct {
		Email    string `json:"email" maxLength:"254" example:"sam@example.org"`
		Password string `json:"password" maxLength:"1000" example:"correct horse battery"`
	}
}

func (s *Server) signIn(ctx context.Context, in *signInInput) (*sessionOutput, error) {
	made, err := s.Accounts.SignIn(ctx, in.Body.Email, in.Body.Password, in.address)
	if err != nil {
		return nil, err
	}
	return s.handOut(made), nil
}

type withRefresh struct {
	Refresh string `cookie:"fieldcare_refresh" doc:"The refresh token"`
}

func (s *Server) refreshSession(ctx context.Context, in *withRefresh) (*sessionOutput, error) {
	made, err := s.Accounts.Refresh(ctx, in.Refresh)
	if err != nil {
		return nil, err
	}
	return s.handOut(made), nil
}

type signedOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

// signOut needs the refresh token only: who signs out after a quarter of an hour has no valid access token.
func (s *Server) signOut(ctx context.Context, in *withRefresh) (*signedOut, error) {
	if err := s.Accounts.SignOutWith(ctx, in.Refresh); err != nil {
		return nil, err
	}
	return &signedOut{SetCookie: s.cookie("", time.Unix(1, 0), -1)}, nil
}

type resetInput struct {
	FromAddress
	Body struct {
		Email string `json:"email" maxLength:"254"`
	}
}

func (s *Server) requestReset(ctx context.Context, in *resetInput) (*noContent, error) {
	return nil, s.Accounts.RequestReset(ctx, in.Body.Email, in.address)
}

type confirmInput struct {
	FromAddress
	Body struct {
		Token    string `json:"token" maxLength:"200" doc:"From the mailed link"`
		Password string `json:"password" maxLength:"1000" doc:"10 to 200 characters"`
	}
}

func (s *Server) confirmReset(ctx context.Context, in *confirmInput) (*noContent, error) {
	return nil, s.Accounts.ConfirmLink(ctx, in.Body.Token, in.Body.Password, in.address)
}

type passwordInput struct {
	FromAddress
	Body struct {
		Current string `json:"current_password" maxLength:"1000"`
		New     string `json:"new_password" maxLength:"1000" doc:"10 to 200 characters"`
	}
}

func (s *Server) changePassword(ctx context.Context, u account.User, in *passwordInput) (*sessionOutput, error) {
	made, err := s.Accounts.ChangePassword(ctx, u, in.Body.Current, in.Body.New, in.address)
	if err != nil {
		return nil, err
	}
	return s.handOut(made), nil
}
