package scheduling

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// six is when the session of these tests begins; it lasts for two hours.
var (
	six   = time.Date(2026, 11, 26, 17, 0, 0, 0, time.UTC)
	eight = six.Add(2 * time.Hour)
)

func minutes(n int) *time.Time { at := six.Add(time.Duration(n) * time.Minute); return &at }

func TestASeatIsUsableAfterThreeQuartersOfTheSession(t *testing.T) {
	second := six.Add(10*time.Minute + time.Second)
	for name, c := range map[string]struct {
		record             AttendanceRecord
		late, early, using bool
	}{
		"from before the start to the end":    {AttendanceRecord{Outcome: TookPart, ArrivedAt: minutes(-15)}, false, false, true},
		"ten minutes are not late":            {AttendanceRecord{Outcome: TookPart, ArrivedAt: minutes(10)}, false, false, true},
		"a second more is":                    {AttendanceRecord{Outcome: TookPart, ArrivedAt: &second}, true, false, true},
		"half an hour late is three quarters": {AttendanceRecord{Outcome: TookPart, ArrivedAt: minutes(30)}, true, false, true},
		"a minute more is less":               {AttendanceRecord{Outcome: TookPart, ArrivedAt: minutes(31)}, true, false, false},
		"ten minutes before the end":          {AttendanceRecord{Outcome: TookPart, ArrivedAt: minutes(0), LeftAt: minutes(110)}, false, false, true},
		"eleven minutes before the end":       {AttendanceRecord{Outcome: TookPart, ArrivedAt: minutes(0), LeftAt: minutes(109)}, false, true, true},
		"half an hour before the end":         {AttendanceRecord{Outcome: TookPart, ArrivedAt: minutes(-60), LeftAt: minutes(90)}, false, true, true},
		"coming early does not make up":       {AttendanceRecord{Outcome: TookPart, ArrivedAt: minutes(-60), LeftAt: minutes(89)}, false, true, false},
		"staying longer does not make up":     {AttendanceRecord{Outcome: TookPart, ArrivedAt: minutes(31), LeftAt: minutes(200)}, true, false, false},
		"struck out":                          {AttendanceRecord{Outcome: TookPart, ArrivedAt: minutes(0), StruckOut: "Answered for their partner"}, false, false, false},
		"turned away":                         {AttendanceRecord{Outcome: TurnedAway, ArrivedAt: minutes(-5)}, false, false, false},
		"turned away late":                    {AttendanceRecord{Outcome: TurnedAway, ArrivedAt: minutes(20)}, true, false, false},
		"sent home is not leaving early":      {AttendanceRecord{Outcome: SentHome, ArrivedAt: minutes(0), LeftAt: minutes(20)}, false, false, false},
		"without times there to the end":      {AttendanceRecord{Outcome: TookPart}, false, false, true},
		"no-show":                             {AttendanceRecord{Outcome: NoShow}, false, false, false},
		"expected":                            {AttendanceRecord{Outcome: Expected}, false, false, false},
	} {
		require.Equal(t, []bool{c.late, c.early, c.using}, []bool{c.record.Late(six), c.record.LeftEarly(eight), c.record.Usable(six, eight)}, name)
	}
}

func TestARecordOfAttendanceNamesItsFaultsAtTheirPlaces(t *testing.T) {
	good := AttendanceRecord{ID: uuid.New(), Outcome: TookPart, ArrivedAt: minutes(-5), RecordedAt: six}
	require.Empty(t, good.faults(six, eight))
	for name, c := range map[string]struct {
		change func(*AttendanceRecord)
		places []string
	}{
		"an outcome that is none":   {func(r *AttendanceRecord) { r.Outcome = "asleep"; r.ArrivedAt = nil }, []string{"/outcome"}},
		"no arrival":                {func(r *AttendanceRecord) { r.ArrivedAt = nil }, []string{"/arrived_at"}},
		"left and never came":       {func(r *AttendanceRecord) { r.Outcome = SentHome; r.ArrivedAt, r.LeftAt = nil, minutes(3) }, []string{"/arrived_at"}},
		"left before":               {func(r *AttendanceRecord) { r.LeftAt = minutes(-5) }, []string{"/left_at"}},
		"another day":               {func(r *AttendanceRecord) { r.ArrivedAt = minutes(-24 * 60) }, []string{"/arrived_at"}},
		"a no-show who came":        {func(r *AttendanceRecord) { r.Outcome = NoShow; r.LeftAt = minutes(3) }, []string{"/arrived_at", "/left_at"}},
		"nothing to strike out":     {func(r *AttendanceRecord) { r.Outcome = TurnedAway; r.StruckOut = "Drunk" }, []string{"/struck_out"}},
		"a note that is a novel":    {func(r *AttendanceRecord) { r.Note = strings.Repeat("ł", 1001) }, []string{"/note"}},
		"seen before anybody could": {func(r *AttendanceRecord) { r.RecordedAt = *minutes(-13 * 60) }, []string{"/recorded_at"}},
	} {
		r := good
		c.change(&r)
		var places []string
		for _, f := range r.faults(six, eight) {
			places = append(places, f.Pointer)
		}
		slices.Sort(places)
		require.Equal(t, c.places, places, name)
	}
}

func TestOfRecordsInAnyOrderTheOneSeenLastHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) AttendanceRecord {
			return AttendanceRecord{ID: uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id")), RecordedAt: *minutes(rapid.IntRange(0, 3).Draw(t, "minute"))}
		}), 1, 8).Draw(t, "records")
		last := func(of []AttendanceRecord) AttendanceRecord {
			held := of[0]
			for _, r := range of[1:] {
				if held.goesBefore(r) {
					held = r
				}
			}
			return held
		}
		shuffled := rapid.Permutation(records).Draw(t, "shuffled")
		require.Equal(t, last(records), last(shuffled))
		for _, r := range records {
			require.False(t, r.RecordedAt.After(last(records).RecordedAt))
		}
	})
}

func TestAUsableSeatStaysUsableForWhoStaysLonger(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		arrived := rapid.IntRange(-60, 120).Draw(t, "arrived")
		left := rapid.IntRange(arrived+1, 200).Draw(t, "left")
		longer := rapid.IntRange(left, 240).Draw(t, "longer")
		r := AttendanceRecord{Outcome: TookPart, ArrivedAt: minutes(arrived), LeftAt: minutes(left)}
		present := min(left, 120) - max(arrived, 0)
		require.Equal(t, present >= 90, r.Usable(six, eight))
		stays := r
		stays.LeftAt = minutes(longer)
		require.True(t, stays.Usable(six, eight) || !r.Usable(six, eight))
	})
}

func TestACodeIsReadHoweverItIsTyped(t *testing.T) {
	codes := CheckInCodes{Key: []byte("key")}
	id := uuid.New()
	code := codes.Code(id, 1)
	require.Regexp(t, `^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$`, code)
	require.Equal(t, code, codes.Code(id, 1))
	for _, typed := range []string{strings.ToLower(code), strings.ReplaceAll(code, "-", ""), " " + strings.ReplaceAll(code, "-", " ") + " ",
		strings.NewReplacer("0", "o", "1", "l").Replace(code)} {
		require.Equal(t, code, readCode(typed), typed)
	}
	require.NotEqual(t, code, codes.Code(id, 2), "a higher generation revokes it")
	require.NotEqual(t, code, codes.Code(uuid.New(), 1))
	require.NotEqual(t, code, CheckInCodes{Key: []byte("other")}.Code(id, 1))
	for _, typed := range []string{"", "-", code + "0", code[1:], "żółć"} {
		require.NotEqual(t, code, readCode(typed), typed)
	}
}
