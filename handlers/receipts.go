package handlers

import (
	"context"

	"github.com/google/uuid"

	"fieldcare/internal/account"
	"fieldcare/scheduling"
)

type putReceiptInput struct {
	ByID
	RawBody []byte `contentType:"application/octet-stream" doc:"A PDF, or a photo (JPEG, PNG or WebP), of at most 20 MiB"`
}

func (s *Server) putReceipt(ctx context.Context, u account.User, in *putReceiptInput) (*one[scheduling.Cost], error) {
	return costOutput(s.Receipts.Put(ctx, u, in.ID, in.RawBody))
}

type readReceiptInput struct {
	ByID
	Former uuid.UUID `query:"former" doc:"The id of a receipt that the cost had before; by default the one that it has"`
}

// untrusted is a file that somebody made, handed on as it came: it is saved, never shown in a page of ours.
type untrusted struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Policy      string `header:"Content-Security-Policy"`
	Body        []byte
}

func (s *Server) readReceipt(ctx context.Context, u account.User, in *readReceiptInput) (*untrusted, error) {
	r, content, err := s.Receipts.Read(ctx, u, in.ID, in.Former)
	if err != nil {
		return nil, err
	}
	kind, ending := "image/jpeg", ".jpg"
	if r.Kind == "pdf" {
		kind, ending = "application/pdf", ".pdf"
	}
	return &untrusted{kind, `attachment; filename="receipt-` + r.ID.String() + ending + `"`, "default-src 'none'; sandbox; frame-ancestors 'none'", content}, nil
}

func (s *Server) removeReceipt(ctx context.Context, u account.User, in *ByID) (*one[scheduling.Cost], error) {
	return costOutput(s.Receipts.Remove(ctx, u, in.ID))
}
