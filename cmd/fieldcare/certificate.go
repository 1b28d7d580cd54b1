package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
)

// certificate is the pair that the server shows. It is read anew when its files changed: certificates are renewed, and
// nobody should have to start the server anew for that.
type certificate struct {
	certFile, keyFile string

	mutex     sync.Mutex
	pair      *tls.Certificate
	cert, key os.FileInfo // as they were when they were last looked into
}

// loadCertificate reads a pair of PEM files. The error says what is wrong with them.
func loadCertificate(certFile, keyFile string) (*certificate, error) {
	if certFile == "" || keyFile == "" {
		return nil, errors.New("FIELDCARE_TLS_CERT (--tls-cert) and FIELDCARE_TLS_KEY (--tls-key) belong together: give both, or neither")
	}
	c := &certificate{certFile: certFile, keyFile: keyFile}
	if err := c.refresh(); err != nil {
		return nil, fmt.Errorf("the certificate (FIELDCARE_TLS_CERT) and its key (FIELDCARE_TLS_KEY): %w", err)
	}
	return c, nil
}

// refresh reads the pair if either file changed since it was looked into.
func (c *certificate) refresh() error {
	cert, err := os.Stat(c.certFile)
	if err != nil {
		return err
	}
	key, err := os.Stat(c.keyFile)
	if err != nil {
		return err
	}
	if unchanged(c.cert, cert) && unchanged(c.key, key) {
		return nil
	}
	c.cert, c.key = cert, key
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return err
	}
	c.pair = &pair
	return nil
}

func unchanged(before, now os.FileInfo) bool {
	return before != nil && os.SameFile(before, now) && before.ModTime().Equal(now.ModTime()) && before.Size() == now.Size()
}

// shown is the pair for a handshake. While the files hold none, as between the renewal of one and of the other, it is the
// one before.
func (c *certificate) shown(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if err := c.refresh(); err != nil {
		slog.Warn("the certificate cannot be read anew: the one before is shown", "error", err)
	}
	return c.pair, nil
}

// config is how the server speaks TLS: HTTP/1.1 over TLS 1.2 or later.
func (c *certificate) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}, GetCertificate: c.shown}
}
