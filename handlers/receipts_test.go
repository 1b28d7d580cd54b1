package handlers_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/internal/photo/phototest"
)

const voucher = "%PDF-1.4\n1 0 obj\n<</Type /Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n"

// hotel is a cost of the evening, and where its receipt is.
func (e evening) hotel() (cost, receipt string) {
	e.Helper()
	id := uuid.New()
	e.carol.post(e.path("/costs"), body{"id": id, "kind": "venue", "actual": 9000}).is(201)
	return "/costs/" + id.String(), "/costs/" + id.String() + "/receipt"
}

func TestAPhotographedReceiptIsKeptUprightAndBare(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe)
	_, receipt := e.hotel()
	w.carol.get(receipt).is(404)
	upload := phototest.WithSegment(phototest.JPEG(phototest.Quarters()), 0xfe, "GPS of Sam")
	added := w.carol.put(receipt, upload).is(200)
	facts := added.object()["receipt"].(map[string]any)
	require.Equal(t, []any{"photo", w.carol.id.String()}, []any{facts["kind"], facts["added_by"]})
	require.Equal(t, etag(2), added.header.Get("ETag"))
	again := w.carol.put(receipt, upload).is(200)
	require.Equal(t, added.object(), again.object(), "the same again changes nothing")
	require.Equal(t, facts, w.carol.get(e.path("/costs")).is(200).items()[0]["receipt"])

	file := w.carol.get(receipt).is(200)
	phototest.RequireBare(t, file.body)
	require.Equal(t, phototest.AsSent, phototest.Corners(t, file.body))
	require.EqualValues(t, len(file.body), facts["bytes"])
	require.Equal(t, "image/jpeg", file.header.Get("Content-Type"))
}

func TestAReceiptAsPDFIsOnlyEverSaved(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe)
	cost, receipt := e.hotel()
	w.carol.put(receipt, []byte(voucher)).is(200)
	file := w.carol.get(receipt).is(200)
	require.Equal(t, voucher, string(file.body), "as it came")
	require.Equal(t, "application/pdf", file.header.Get("Content-Type"))
	require.Equal(t, "nosniff", file.header.Get("X-Content-Type-Options"))
	require.Equal(t, "default-src 'none'; sandbox; frame-ancestors 'none'", file.header.Get("Content-Security-Policy"))
	require.Regexp(t, `^attachment; filename="receipt-[0-9a-f-]{36}\.pdf"$`, file.header.Get("Content-Disposition"))

	w.carol.send("DELETE", cost, nil, "If-Match", etag(2)).refuses(409, "has-receipt")
	w.carol.send("DELETE", receipt, nil).is(200)
	w.carol.send("DELETE", receipt, nil).is(200)
	w.carol.get(receipt).is(404)
	require.NoError(t, w.server.Receipts.Sweep(t.Context()))
	w.carol.send("DELETE", cost, nil, "If-Match", etag(3)).is(204)
}

func TestWhatIsNoReceiptIsRefused(t *testing.T) {
	w := newWorld(t)
	_, receipt := w.evening(w.moe).hotel()
	plain := phototest.JPEG(phototest.Quarters())
	for name, test := range map[string]struct {
		upload []byte
		says   string
	}{
		"nothing":               {nil, ""},
		"text, called receipt":  {[]byte("Room: 90.00"), "is text/plain: send the receipt as a PDF, or as a photo"},
		"a page":                {[]byte("<html><script>alert(1)</script></html>"), "is text/html"},
		"half a photo":          {plain[:len(plain)/2], "ends before the picture does"},
		"half a PDF":            {[]byte(voucher[:40]), "ends before the PDF does"},
		"a decompression bomb":  {phototest.PNGClaiming(phototest.PNG(phototest.Quarters()), 50000, 50000), "which is too much"},
		"an archive behind PDF": {append([]byte("PK\x03\x04"), voucher...), "is application/zip"},
	} {
		a := w.carol.put(receipt, test.upload)
		require.Contains(t, []int{400, 422}, a.status, name)
		require.Contains(t, string(a.body), test.says, name)
	}
	w.carol.put(receipt, bytes.Repeat([]byte("x"), 20<<20+1)).isProblem(413, "too-large")
	w.carol.get(receipt).is(404)
}

func TestTheReceiptOfAPaidCostCannotVanish(t *testing.T) {
	w := newWorld(t)
	cost, receipt := w.evening(w.moe).hotel()
	w.carol.send("POST", cost+"/pay", nil, "If-Match", etag(1)).is(200)
	first := w.carol.put(receipt, []byte(voucher)).is(200).object()["receipt"]
	other := strings.Replace(voucher, "Catalog", "Another", 1)
	w.carol.put(receipt, []byte(other)).refuses(409, "its receipt stays")
	w.carol.put(receipt, []byte(voucher)).is(200)
	w.carol.send("DELETE", receipt, nil).refuses(409, "its receipt stays")
	w.carol.send("POST", cost+"/undo-payment", body{"reason": "Another hotel"}, "If-Match", etag(3)).is(200)

	line := w.carol.put(receipt, []byte(other)).is(200).object()
	former := line["former_receipts"].([]any)[0].(map[string]any)
	require.Equal(t, first.(map[string]any)["id"], former["id"])
	require.NotEmpty(t, former["ended_at"])
	require.Equal(t, voucher, string(w.carol.get(receipt+"?former="+former["id"].(string)).is(200).body))
	require.Equal(t, other, string(w.carol.get(receipt).is(200).body))
	w.carol.get(receipt + "?former=" + uuid.NewString()).is(404)
}

func TestALineByRuleWithAReceiptStaysWhenNothingIsOwed(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe).inTheRoom()
	w.moe.put(e.at(e.anna), e.seen(nil)).is(201)
	var signed bytes.Buffer
	require.NoError(t, jpeg.Encode(&signed, image.NewGray(image.Rect(0, 0, 30, 20)), nil))
	w.carol.put(costPath(e.costOf(e.anna, "incentive"))+"/receipt", signed.Bytes()).is(200)
	w.clock.forward(60e9)
	w.carol.put(e.at(e.anna), e.seen(body{"outcome": "no_show", "arrived_at": nil, "recorded_at": e.after(61)})).is(201)
	line := e.costOf(e.anna, "incentive")
	require.Equal(t, 0.0, line["actual"])
	require.NotNil(t, line["receipt"])
	require.Nil(t, e.costOf(e.anna, "travel"))
}

func TestWhoDownloadsTheReceiptOfAParticipantStandsInTheAuditTrail(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe).inTheRoom()
	w.moe.put(e.at(e.anna), e.seen(nil)).is(201)
	_, venue := e.hotel()
	cost := costPath(e.costOf(e.anna, "incentive"))
	for _, receipt := range []string{venue, cost + "/receipt"} {
		w.carol.get(receipt).is(404)
		w.carol.put(receipt, []byte(voucher)).is(200)
		w.carol.get(receipt).is(200)
	}
	read := []any{}
	for _, row := range w.ada.get("/audit?kind=receipt").is(200).items() {
		if row["action"] == "read" {
			read = append(read, row["actor_id"], "/costs/"+row["subject"].(string))
		}
	}
	require.Equal(t, []any{w.carol.id.String(), cost}, read, "that of the hotel is about nobody")
}
