package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// build builds the program as it is installed, without the tests' race detector.
func build(t testing.TB) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "fieldcare")
	output, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	require.NoError(t, err, "%s", output)
	return path
}

// process is a server of its own, which runs until the test ends at the latest.
type process struct {
	testing.TB
	*exec.Cmd
	url    string // of the API
	stderr bytes.Buffer
}

// serve starts the program on a free port and returns when it listens.
func serve(t testing.TB, binary string, config *Config) *process {
	t.Helper()
	p := &process{TB: t, Cmd: exec.Command(binary, "serve", "--addr", "127.0.0.1:0")}
	p.Env = append(os.Environ(), "FIELDCARE_DATA="+config.Data, "FIELDCARE_DATABASE="+config.Database)
	p.Stderr = &p.stderr
	stdout, err := p.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.Start())
	t.Cleanup(func() {
		if p.ProcessState == nil {
			p.Process.Kill()
			p.Wait()
		}
	})
	said, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		p.Wait()
	}
	require.NoError(t, err, "the server does not start: %s", &p.stderr)
	_, address, listens := strings.Cut(strings.TrimSpace(said), "listens on ")
	require.True(t, listens, said)
	p.url = address + "/api/v1"
	return p
}

// died waits for the end of a server that was killed.
func (p *process) died() {
	p.Helper()
	p.Wait()
	status := p.ProcessState.Sys().(syscall.WaitStatus)
	require.True(p, status.Signaled() && status.Signal() == syscall.SIGKILL, "it was not the kill that ended it: %v\n%s", p.ProcessState, &p.stderr)
	require.NotContains(p, p.stderr.String(), "level=ERROR")
}

// stop asks the server to stop and waits until it has.
func (p *process) stop() {
	p.Helper()
	require.NoError(p, p.Process.Signal(syscall.SIGTERM))
	require.NoError(p, p.Wait(), "%s", &p.stderr)
	require.NotContains(p, p.stderr.String(), "level=ERROR")
}

const password = "correct horse battery"

// person is somebody who is signed in.
type person struct {
	id    uuid.UUID
	token string
}

func (p *process) signIn(email string) person {
	p.Helper()
	var session struct {
		AccessToken string `json:"access_token"`
		User        struct{ ID uuid.UUID }
	}
	p.must(201, person{}, "POST", "/session", object{"email": email, "password": password}, &session)
	return person{session.User.ID, session.AccessToken}
}

type object map[string]any

// must sends what may not fail. Headers are pairs.
func (p *process) must(status int, by person, method, path string, what, into any, headers ...string) {
	p.Helper()
	require.NoError(p, p.send(by, method, path, what, into, []int{status}, headers...))
}

var client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}}

// errNoAnswer says that no whole answer came.
var errNoAnswer = errors.New("no answer")

// send sends a request, bytes as they are and anything else as JSON, and reads the answer into *[]byte as it is, or as
// JSON. An answer with another status than these is an error.
func (p *process) send(by person, method, path string, what, into any, statuses []int, headers ...string) error {
	content, raw := what.([]byte)
	if !raw && what != nil {
		var err error
		if content, err = json.Marshal(what); err != nil {
			return err
		}
	}
	request, err := http.NewRequest(method, p.url+path, bytes.NewReader(content))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if by.token != "" {
		request.Header.Set("Authorization", "Bearer "+by.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	if !slices.Contains(statuses, response.StatusCode) {
		return fmt.Errorf("%s %s: %s: %s", method, path, response.Status, answer)
	}
	switch into := into.(type) {
	case nil:
		return nil
	case *[]byte:
		*into = answer
		return nil
	}
	return json.Unmarshal(answer, into)
}
