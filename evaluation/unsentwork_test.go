package evaluation

import (
	"archive/zip"
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"fieldcare/internal/fault"
)

// FuzzUnsentWork reads any bytes as a file of unsent work: it is refused in words, or every evaluation that it names is
// there to be unpacked or refused.
func FuzzUnsentWork(f *testing.F) {
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for name, content := range map[string]string{
		"manifest.json": `{"format": "fieldcare-unsent-work", "version": 1, "user": "0193a7f0-5b7e-7cc0-9d6c-0d6a1c9b2f44", "exported_at": "2026-11-23T16:00:00Z",
			"evaluations": [{"id": "3f0c8c1e-6a57-4c52-9e7e-0d6a1c9b2f44", "visit_id": "0193a7f0-5b7e-7cc0-9d6c-0d6a1c9b2f45", "open": true}]}`,
		"evaluations/3f0c8c1e-6a57-4c52-9e7e-0d6a1c9b2f44.json": `{"answers": {}}`,
	} {
		into, err := z.Create(name)
		require.NoError(f, err)
		_, err = into.Write([]byte(content))
		require.NoError(f, err)
	}
	require.NoError(f, z.Close())
	f.Add(packed.Bytes())
	f.Add(packed.Bytes()[:packed.Len()-9])
	f.Add([]byte("PK\x05\x06\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, content []byte) {
		var refused *fault.Invalid
		work, err := readUnsentWork(content)
		if err != nil {
			require.ErrorAs(t, err, &refused)
			return
		}
		require.NotEmpty(t, work.Evaluations)
		for _, e := range work.Evaluations {
			if _, err := work.Text(e); err != nil {
				require.ErrorAs(t, err, &refused)
			}
		}
	})
}
