package account

import (
	"bytes"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Keys gives every key of the installation. All come from one secret, each for one purpose, so that a key that leaks
// tells nothing of the others.
type Keys struct {
	secret []byte
	access []accessKey // the first signs access tokens; one of a secret before is only accepted
}

// accessKey is a key for access tokens and the name (kid) by which a token says that it was signed with it.
type accessKey struct {
	name string
	key  []byte
}

func newKeys(name string, secret []byte) (Keys, error) {
	if len(secret) < minSecret {
		return Keys{}, fmt.Errorf("%s is too short: it has %d characters and needs %d or more (openssl rand -base64 32 makes one)",
			name, len(secret), minSecret)
	}
	id := hex.EncodeToString(derive(secret, "name of the access token key", 8))
	return Keys{secret, []accessKey{{id, derive(secret, "access token key", 32)}}}, nil
}

// minSecret is the least length of a secret in characters.
const minSecret = 32

// LoadKeys takes the secret of FIELDCARE_SECRET. Where that is empty, the secret is read from the file "secret" in the
// data folder, which is made, readable by its owner only, when it is not there. Programs that start together end with
// the same secret.
func LoadKeys(secret, folder string) (Keys, error) {
	if secret != "" {
		return newKeys("FIELDCARE_SECRET", []byte(secret))
	}
	path := filepath.Join(folder, "secret")
	kept, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeSecret(path); err == nil {
			kept, err = os.ReadFile(path)
		}
	}
	if err != nil {
		return Keys{}, fmt.Errorf("the secret in the data folder (set FIELDCARE_SECRET to do without): %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return Keys{}, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return Keys{}, fmt.Errorf("%s can be read by others (%v): chmod 600 it, or set FIELDCARE_SECRET", path, info.Mode().Perm())
	}
	return newKeys(path, bytes.TrimSpace(kept))
}

// WithPrevious also accepts access tokens that were signed under the secret before.
func (k Keys) WithPrevious(secret string) (Keys, error) {
	if secret == "" {
		return k, nil
	}
	previous, err := newKeys("FIELDCARE_SECRET_PREVIOUS", []byte(secret))
	if err != nil {
		return Keys{}, err
	}
	return Keys{k.secret, append(k.access[:1:1], previous.access...)}, nil
}

// For gives the key of 32 bytes for one purpose.
func (k Keys) For(purpose string) []byte { return derive(k.secret, purpose, 32) }

func derive(secret []byte, purpose string, bytes int) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, "fieldcare "+purpose, bytes)
	if err != nil {
		panic(err) // only a length that HKDF cannot give, or a hash that FIPS mode forbids
	}
	return key
}

// makeSecret writes a new secret. The finished file gets its name by a link, which fails where another has it already:
// nobody reads half a secret, and the first one stays.
func makeSecret(path string) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(folder, "secret-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	random := make([]byte, 32)
	rand.Read(random)
	_, err = file.WriteString(base64.RawURLEncoding.EncodeToString(random) + "\n")
	err = errors.Join(err, file.Sync(), file.Close())
	if err != nil {
		return err
	}
	if err := os.Link(file.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
