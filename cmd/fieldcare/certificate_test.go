package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fieldcare/handlers"
	"fieldcare/internal/database"
)

// pair is a certificate of a test's own for fieldcare.example.org, in two files.
type pair struct {
	testing.TB
	cert, key string
	roots     *x509.CertPool
	serial    int64
}

func newPair(t testing.TB) *pair {
	folder := t.TempDir()
	p := &pair{TB: t, cert: filepath.Join(folder, "cert.pem"), key: filepath.Join(folder, "key.pem"), roots: x509.NewCertPool()}
	cert, key := p.renewed()
	p.write(p.cert, cert)
	p.write(p.key, key)
	return p
}

// renewed is the PEM of another certificate, with another key.
func (p *pair) renewed() (cert, key []byte) {
	p.Helper()
	p.serial++
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(p, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(p.serial), DNSNames: []string{"fieldcare.example.org"},
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC), IsCA: true, BasicConstraintsValid: true}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	require.NoError(p, err)
	made, err := x509.ParseCertificate(signed)
	require.NoError(p, err)
	p.roots.AddCert(made)
	marshalled, err := x509.MarshalECPrivateKey(private)
	require.NoError(p, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: marshalled})
}

// write has a file changed at a time of its own, however soon after the last change.
func (p *pair) write(path string, content []byte) {
	p.Helper()
	require.NoError(p, os.WriteFile(path, content, 0o600))
	at := time.Unix(p.serial*3600, 0)
	require.NoError(p, os.Chtimes(path, at, at))
}

// serves serves an application with the pair until the test ends.
func (p *pair) serves() (address string) {
	p.Helper()
	command := &serveCommand{Addr: "127.0.0.1:0", TLSCert: p.cert, TLSKey: p.key}
	shown, err := command.certificate()
	require.NoError(p, err)
	listener, address, err := command.listen(shown)
	require.NoError(p, err)
	db, err := database.Open(p.Context(), filepath.Join(p.TempDir(), "fieldcare.db"))
	require.NoError(p, err)
	app := (&handlers.Server{DB: db}).App()
	served := make(chan error, 1)
	go func() { served <- app.Listener(listener) }()
	p.Cleanup(func() {
		require.NoError(p, app.Shutdown())
		require.NoError(p, <-served)
		require.NoError(p, db.Close())
	})
	return address
}

// asks opens a connection of its own and asks for /healthz.
func (p *pair) asks(address string, config *tls.Config) (*http.Response, error) {
	p.Helper()
	config.RootCAs, config.ServerName = p.roots, "fieldcare.example.org"
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: config, DisableKeepAlives: true}}
	answer, err := client.Get(address + "/healthz")
	if err == nil {
		require.NoError(p, answer.Body.Close())
	}
	return answer, err
}

// shown is the serial number of the certificate that somebody sees who comes now.
func (p *pair) shown(address string) int64 {
	p.Helper()
	answer, err := p.asks(address, &tls.Config{})
	require.NoError(p, err)
	require.Equal(p, 200, answer.StatusCode)
	return answer.TLS.PeerCertificates[0].SerialNumber.Int64()
}

func TestWithACertificateTheServerSpeaksHTTPSAlone(t *testing.T) {
	p := newPair(t)
	address := p.serves()
	require.Regexp(t, `^https://127\.0\.0\.1:\d+$`, address)
	require.EqualValues(t, 1, p.shown(address))
	answer, err := p.asks(address, &tls.Config{})
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1", answer.Proto)
	_, err = p.asks(address, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	require.ErrorContains(t, err, "protocol version")
	_, err = p.asks("http"+address[len("https"):], &tls.Config{})
	require.Error(t, err)
}

func TestARenewedCertificateIsShownToWhoComesNext(t *testing.T) {
	p := newPair(t)
	address := p.serves()
	require.EqualValues(t, 1, p.shown(address))
	cert, key := p.renewed()
	p.write(p.cert, cert)
	require.EqualValues(t, 1, p.shown(address), "its key is not there yet")
	require.EqualValues(t, 1, p.shown(address))
	p.write(p.key, key)
	require.EqualValues(t, 2, p.shown(address))

	require.NoError(t, os.Remove(p.cert))
	require.EqualValues(t, 2, p.shown(address))
	cert, key = p.renewed()
	p.write(p.key, key)
	p.write(p.cert, cert)
	require.EqualValues(t, 3, p.shown(address))
}

func TestAPairThatIsNoneStopsTheStartWithASentence(t *testing.T) {
	p, other := newPair(t), newPair(t)
	nonsense := filepath.Join(t.TempDir(), "nonsense.pem")
	require.NoError(t, os.WriteFile(nonsense, []byte("nonsense"), 0o600))
	for _, c := range []struct {
		says    string
		command serveCommand
	}{
		{"belong together: give both, or neither", serveCommand{TLSCert: p.cert}},
		{"belong together: give both, or neither", serveCommand{TLSKey: p.key}},
		{"does not match public key", serveCommand{TLSCert: p.cert, TLSKey: other.key}},
		{"no such file", serveCommand{TLSCert: p.cert + "x", TLSKey: p.key}},
		{"failed to find any PEM data", serveCommand{TLSCert: nonsense, TLSKey: p.key}},
		{"failed to find any PEM data in key input", serveCommand{TLSCert: p.cert, TLSKey: nonsense}},
		{"the certificate (FIELDCARE_TLS_CERT) and its key (FIELDCARE_TLS_KEY): ", serveCommand{TLSCert: p.key, TLSKey: p.cert}},
	} {
		config := &Config{Data: filepath.Join(t.TempDir(), "data")}
		require.ErrorContains(t, c.command.Run(t.Context(), config), c.says)
		require.NoDirExists(t, config.Data, "nothing was begun")
	}
	shown, err := new(serveCommand).certificate()
	require.NoError(t, err)
	require.Nil(t, shown)
}

func TestTheHealthOfAServerIsAskedByHTTPSToo(t *testing.T) {
	p := newPair(t)
	address := p.serves()
	require.NoError(t, (&healthCommand{URL: address}).Run(context.Background()), "the name of the certificate does not matter on this machine")
	require.Error(t, (&healthCommand{URL: "http" + address[len("https"):]}).Run(context.Background()))
	for _, c := range []struct {
		command healthCommand
		address string
		here    bool
	}{
		{healthCommand{Addr: "127.0.0.1:8080"}, "http://127.0.0.1:8080", true},
		{healthCommand{Addr: ":8443", TLSCert: p.cert}, "https://127.0.0.1:8443", true},
		{healthCommand{Addr: "0.0.0.0:80"}, "http://127.0.0.1:80", true},
		{healthCommand{Addr: "[::]:80"}, "http://127.0.0.1:80", true},
		{healthCommand{Addr: "192.168.1.20:8080"}, "http://192.168.1.20:8080", true},
		{healthCommand{URL: "https://localhost:8443", TLSCert: p.cert}, "https://localhost:8443", true},
		{healthCommand{URL: "https://[::1]:8443"}, "https://[::1]:8443", true},
		{healthCommand{URL: "https://fieldcare.example.org"}, "https://fieldcare.example.org", false},
		{healthCommand{URL: "https://127.0.0.1.example.org"}, "https://127.0.0.1.example.org", false},
	} {
		address, here := c.command.address()
		require.Equal(t, c.address, address)
		require.Equal(t, c.here, here, c.address)
	}
}
