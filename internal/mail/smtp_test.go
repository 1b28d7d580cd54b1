package mail

import (
	"testing"

	"github.com/stretchr/testify/require"
	gomail "github.com/wneessen/go-mail"
)

func TestAPasswordIsNeverSentWithoutTLSButToThisMachine(t *testing.T) {
	require.Equal(t, gomail.TLSMandatory, policy("mail.example", true))
	require.Equal(t, gomail.TLSMandatory, policy("10.0.0.1", true))
	require.Equal(t, gomail.TLSOpportunistic, policy("mail.example", false))
	require.Equal(t, gomail.TLSOpportunistic, policy("127.0.0.1", true))
	require.Equal(t, gomail.TLSOpportunistic, policy("localhost", true))
	require.Equal(t, gomail.TLSOpportunistic, policy("::1", true))
}
