package evaluation

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"image"
	"image/png"
	"time"

	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
	"fieldcare/internal/photo"
)

// Logo is the organisation's logo as it is kept.
type Logo struct {
	Hash   string `json:"hash" doc:"SHA-256 of the PNG, lower-case hex; the ETag of /settings/logo"`
	Width  int    `json:"width" doc:"In pixels, at most 600"`
	Height int    `json:"height" doc:"In pixels, at most 240"`
}

// The bounds of a logo: what may be sent, and what is kept.
const (
	// MaxLogo is how many bytes a logo may have when it is sent.
	MaxLogo = 1 << 20

	maxLogoPixels   = 16_000_000
	maxLogoWidth    = 600
	maxLogoHeight   = 240
	maxLogoDecoding = 10 * time.Second
)

// PutLogo makes a PNG or JPEG the organisation's logo, flattened on white and scaled down to at most 600 × 240 pixels,
// and gives the settings with it. Anything else, anything broken or out of bounds is a fault.Invalid. The logo that
// there is already changes nothing.
func (s *SettingsStore) PutLogo(ctx context.Context, by account.User, image []byte) (settings Settings, err error) {
	if len(image) > MaxLogo {
		return settings, fault.At("", "has %d bytes: a logo may have %d", len(image), MaxLogo)
	}
	drawn, logo, err := s.draw(ctx, image)
	if err != nil {
		return settings, err
	}
	return settings, s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if settings, err = readSettings(ctx, tx); err != nil || settings.Logo != nil && *settings.Logo == logo {
			return err
		}
		if _, err := putLogo.Exec(ctx, tx, logo.Hash, drawn); err != nil {
			return err
		}
		settings.Logo = &logo
		return settings.keep(ctx, tx, account.AuditEntry{Actor: by.ID, Action: "change", Kind: "settings", Fields: []string{"logo"}}, s.Clock())
	})
}

// DeleteLogo takes the logo away, if there is one, and gives the settings without it.
func (s *SettingsStore) DeleteLogo(ctx context.Context, by account.User) (settings Settings, err error) {
	return settings, s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if settings, err = readSettings(ctx, tx); err != nil || settings.Logo == nil {
			return err
		}
		if _, err := deleteLogo.Exec(ctx, tx); err != nil {
			return err
		}
		settings.Logo = nil
		return settings.keep(ctx, tx, account.AuditEntry{Actor: by.ID, Action: "delete", Kind: "settings", Fields: []string{"logo"}}, s.Clock())
	})
}

// Logo gives the logo as a PNG (8 bits, not interlaced, without alpha), or fault.ErrNotFound where there is none.
func (s *SettingsStore) Logo(ctx context.Context) ([]byte, error) {
	logo, err := readLogo(ctx, s.DB.Read())
	if err == nil && logo == nil {
		err = fault.ErrNotFound
	}
	return logo, err
}

// readLogo gives the logo as a PNG, or nil where there is none.
func readLogo(ctx context.Context, from bun.IDB) (logo []byte, err error) {
	err = selectLogo.Row(ctx, from).Scan(&logo)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return logo, err
}

var (
	selectLogo = database.Prepared("SELECT image FROM logo WHERE id = 1")
	deleteLogo = database.Prepared("DELETE FROM logo")
	putLogo    = database.Prepared(`INSERT INTO logo (id, hash, image) VALUES (1, ?, ?)
		ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, image = excluded.image`)
)

// draw makes of an upload the PNG that is kept. The same upload always gives the same bytes.
func (s *SettingsStore) draw(ctx context.Context, upload []byte) ([]byte, Logo, error) {
	if kind := photo.KindOf(upload); kind != "image/png" && kind != "image/jpeg" {
		return nil, Logo{}, fault.At("", "is %s: send the logo as a PNG or a JPEG", kind)
	}
	s.drawing.Lock()
	defer s.drawing.Unlock()
	limited, cancel := context.WithTimeout(ctx, maxLogoDecoding)
	defer cancel()
	m, err := photo.Upright(limited, upload, maxLogoPixels, fitLogo)
	switch {
	case err != nil && limited.Err() != nil && ctx.Err() == nil:
		return nil, Logo{}, fault.At("", "takes too long to open: save it as a plain PNG and send that")
	case err != nil:
		return nil, Logo{}, err
	}
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		return nil, Logo{}, err
	}
	return out.Bytes(), Logo{Hash: database.HashOf(out.Bytes()), Width: m.Rect.Dx(), Height: m.Rect.Dy()}, nil
}

// fitLogo is the size that a picture is scaled down to before it is turned upright. Pictures are never enlarged.
func fitLogo(size image.Rectangle, orientation int) (w, h int) {
	w, h = size.Dx(), size.Dy()
	mostW, mostH := maxLogoWidth, maxLogoHeight
	if orientation >= 5 { // it will lie on its side
		mostW, mostH = mostH, mostW
	}
	if w <= mostW && h <= mostH {
		return w, h
	}
	if w*mostH >= h*mostW {
		return mostW, max(1, (h*mostW+w/2)/w)
	}
	return max(1, (w*mostH+h/2)/h), mostH
}
