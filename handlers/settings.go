package handlers

import (
	"context"

	"fieldcare/evaluation"
	"fieldcare/internal/account"
	"fieldcare/internal/database"
)

type settingsOutput = one[evaluation.Settings]

func settingsOf(settings evaluation.Settings, err error) (*settingsOutput, error) {
	if err != nil {
		return nil, err
	}
	return &settingsOutput{etag(settings.Edition), settings}, nil
}

func (s *Server) readSettings(ctx context.Context, _ account.User, _ *struct{}) (*settingsOutput, error) {
	return settingsOf(s.Settings.Read(ctx))
}

type changeSettingsInput struct {
	IfMatch
	Body evaluation.SettingsChange
}

func (s *Server) changeSettings(ctx context.Context, u account.User, in *changeSettingsInput) (*settingsOutput, error) {
	edition, err := in.edition()
	if err != nil {
		return nil, err
	}
	return settingsOf(s.Settings.Change(ctx, u, edition, in.Body))
}

// logo is the organisation's logo as it is read.
type logo struct {
	ContentType string `header:"Content-Type"`
	ETag        string `header:"ETag"`
	Body        []byte
}

func (s *Server) readLogo(ctx context.Context, _ account.User, _ *struct{}) (*logo, error) {
	image, err := s.Settings.Logo(ctx)
	if err != nil {
		return nil, err
	}
	return &logo{ContentType: "image/png", ETag: `"` + database.HashOf(image) + `"`, Body: image}, nil
}

type putLogoInput struct {
	RawBody []byte `contentType:"image/*" doc:"A PNG or JPEG file of at most 1 MiB and 16 megapixels. It is laid on white and scaled down to at most 600 × 240 pixels"`
}

func (s *Server) putLogo(ctx context.Context, u account.User, in *putLogoInput) (*settingsOutput, error) {
	return settingsOf(s.Settings.PutLogo(ctx, u, in.RawBody))
}

func (s *Server) removeLogo(ctx context.Context, u account.User, _ *struct{}) (*settingsOutput, error) {
	return settingsOf(s.Settings.DeleteLogo(ctx, u))
}
