package account_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"fieldcare/internal/account"
)

func TestAnAccessTokenIsGoodForFifteenMinutes(t *testing.T) {
	w := newWorld(t)
	s := w.signIn(w.sam)
	w.clock.Pass(15*time.Minute - time.Second)
	w.requireSignedIn(s)
	w.clock.Pass(time.Second)
	_, err := w.Authenticate(ctx, s.Access)
	require.ErrorIs(t, err, account.ErrSignedOut)
}

func TestWithoutTheDatabaseATokenHoldsUntilItIsTooOld(t *testing.T) {
	w := newWorld(t)
	s := w.signIn(w.sam)
	require.NoError(t, w.DB.Close())
	require.True(t, w.Holds(s.Access))
	require.False(t, w.Holds(""))
	require.False(t, w.Holds(s.Access+"x"))
	w.clock.Pass(15 * time.Minute)
	require.False(t, w.Holds(s.Access))
}

func TestAnAccessTokenSaysNeitherRolesNorNames(t *testing.T) {
	w := newWorld(t)
	s := w.signIn(w.sam)
	var header, claims map[string]any
	for i, into := range []*map[string]any{&header, &claims} {
		text, err := base64.RawURLEncoding.DecodeString(strings.Split(s.Access, ".")[i])
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, into))
	}
	require.Equal(t, "HS256", header["alg"])
	require.Len(t, header["kid"], 16)
	require.ElementsMatch(t, []string{"iss", "aud", "sub", "sid", "jti", "iat", "exp"}, keysOf(claims))
	require.Equal(t, w.sam.ID.String(), claims["sub"])
	require.Equal(t, s.ID.String(), claims["sid"])
}

func keysOf(m map[string]any) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	return keys
}

func TestAForgedAccessTokenOpensNothing(t *testing.T) {
	w := newWorld(t)
	s := w.signIn(w.sam)
	other, err := account.LoadKeys(secret+" of somebody else", "")
	require.NoError(t, err)
	kid := kidOf(t, s.Access)
	claims := func(change func(jwt.MapClaims)) jwt.MapClaims {
		c := jwt.MapClaims{"iss": "fieldcare", "aud": "fieldcare-api", "sub": w.sam.ID.String(), "sid": s.ID.String(),
			"exp": w.clock.Now().Add(time.Minute).Unix()}
		change(c)
		return c
	}
	sign := func(method jwt.SigningMethod, kid any, key any, c jwt.MapClaims) string {
		token := jwt.NewWithClaims(method, c)
		token.Header["kid"] = kid
		text, err := token.SignedString(key)
		require.NoError(t, err)
		return text
	}
	same := func(jwt.MapClaims) {}
	right := account.AccessKey(w.Keys)
	_, err = w.Authenticate(ctx, sign(jwt.SigningMethodHS256, kid, right, claims(same)))
	require.NoError(t, err, "what the forgeries differ from")

	parts := strings.Split(s.Access, ".")
	for name, token := range map[string]string{
		"empty":             "",
		"no token":          "a.b.c",
		"not UTF-8":         "\xff.\xff.\xff",
		"no signature":      parts[0] + "." + parts[1] + ".",
		"another signature": parts[0] + "." + parts[1] + "." + strings.Repeat("A", 43),
		"algorithm none":    sign(jwt.SigningMethodNone, kid, jwt.UnsafeAllowNoneSignatureType, claims(same)),
		"another algorithm": sign(jwt.SigningMethodHS512, kid, right, claims(same)),
		"another key":       sign(jwt.SigningMethodHS256, kid, account.AccessKey(other), claims(same)),
		"the refresh key":   sign(jwt.SigningMethodHS256, kid, w.Keys.For("access token"), claims(same)),
		"unknown kid":       sign(jwt.SigningMethodHS256, "0123456789abcdef", right, claims(same)),
		"no kid":            sign(jwt.SigningMethodHS256, nil, right, claims(same)),
		"no expiry":         sign(jwt.SigningMethodHS256, kid, right, claims(func(c jwt.MapClaims) { delete(c, "exp") })),
		"expired":           sign(jwt.SigningMethodHS256, kid, right, claims(func(c jwt.MapClaims) { c["exp"] = w.clock.Now().Unix() })),
		"another issuer":    sign(jwt.SigningMethodHS256, kid, right, claims(func(c jwt.MapClaims) { c["iss"] = "x" })),
		"no issuer":         sign(jwt.SigningMethodHS256, kid, right, claims(func(c jwt.MapClaims) { delete(c, "iss") })),
		"another audience":  sign(jwt.SigningMethodHS256, kid, right, claims(func(c jwt.MapClaims) { c["aud"] = "x" })),
		"another's session": sign(jwt.SigningMethodHS256, kid, right, claims(func(c jwt.MapClaims) { c["sub"] = w.ada.ID.String() })),
		"no user":           sign(jwt.SigningMethodHS256, kid, right, claims(func(c jwt.MapClaims) { c["sub"] = "sam" })),
		"no session":        sign(jwt.SigningMethodHS256, kid, right, claims(func(c jwt.MapClaims) { delete(c, "sid") })),
		"refresh token":     s.Refresh,
	} {
		_, err := w.Authenticate(ctx, token)
		require.ErrorIs(t, err, account.ErrSignedOut, name)
	}
}

func kidOf(t *testing.T, token string) string {
	t.Helper()
	parsed, _, err := jwt.NewParser().ParseUnverified(token, jwt.MapClaims{})
	require.NoError(t, err)
	return parsed.Header["kid"].(string)
}

func TestAfterANewSecretTheTokensOfTheOneBeforeAreAccepted(t *testing.T) {
	w := newWorld(t)
	old := w.signIn(w.sam)
	keys, err := account.LoadKeys("a new secret, also of more than 32 characters", "")
	require.NoError(t, err)
	without := account.New(w.DB, keys, w.Clock, order, quick)
	_, err = without.Authenticate(ctx, old.Access)
	require.ErrorIs(t, err, account.ErrSignedOut)

	keys, err = keys.WithPrevious(secret)
	require.NoError(t, err)
	with := account.New(w.DB, keys, w.Clock, order, quick)
	_, err = with.Authenticate(ctx, old.Access)
	require.NoError(t, err)
	fresh, err := with.Refresh(ctx, old.Refresh)
	require.NoError(t, err)
	require.NotEqual(t, kidOf(t, old.Access), kidOf(t, fresh.Access))
	_, err = w.Authenticate(ctx, fresh.Access)
	require.ErrorIs(t, err, account.ErrSignedOut, "the old secret alone does not know the new one's")
}

func FuzzAuthenticate(f *testing.F) {
	w := newWorld(f)
	s := w.signIn(w.sam)
	f.Add("")
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Add(s.Access + "x")
	f.Fuzz(func(t *testing.T, token string) {
		if _, err := w.Authenticate(ctx, token); token != s.Access {
			require.ErrorIs(t, err, account.ErrSignedOut)
		}
	})
}
