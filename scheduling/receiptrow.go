package scheduling

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// receipt is a receipt as its row has it.
type receipt struct {
	CostReceipt
	cost             uuid.UUID
	uploaded, stored string // SHA-256
}

// take gives a cost one of its receipts.
func (r *costRow) take(of receipt) {
	if of.EndedAt != nil {
		r.FormerReceipts = append(r.FormerReceipts, of.CostReceipt)
		return
	}
	r.Receipt, r.uploaded = &of.CostReceipt, of.uploaded
}

// receiptIs is true where the cost's receipt was made of the upload with this hash.
func (r *costRow) receiptIs(uploaded string) bool { return r.Receipt != nil && r.uploaded == uploaded }

// receiptMayGo refuses to put another receipt, or none, in the place of that of a cost that is paid.
func (r *costRow) receiptMayGo() error {
	if r.Receipt != nil && !r.PaidTime.IsZero() {
		return fault.Conflicting("paid", "the cost is paid, and its receipt stays: undo the payment first, with a reason")
	}
	return nil
}

// readReceipts reads the receipts of one cost, or of all of a focus group, oldest first.
func readReceipts(ctx context.Context, from bun.IDB, statement *database.Statement, of uuid.UUID) (found []receipt, err error) {
	rows, err := statement.Rows(ctx, from, of)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r receipt
		var added, ended database.Time
		if err := rows.Scan(&r.ID, &r.cost, &r.Kind, &r.uploaded, &r.stored, &r.Bytes, &added, &r.AddedBy, &ended); err != nil {
			return nil, err
		}
		r.AddedAt, r.EndedAt = added.UTC(), instant(ended)
		found = append(found, r)
	}
	return found, rows.Err()
}

const receiptColumns = "SELECT r.id, r.cost_id, r.kind, r.uploaded_hash, r.stored_hash, r.bytes, r.added_at, r.added_by, r.ended_at FROM receipts r "

var (
	receiptsOfCost  = database.Prepared(receiptColumns + "WHERE r.cost_id = ? ORDER BY r.added_at, r.id")
	receiptsOfGroup = database.Prepared(receiptColumns + "JOIN costs c ON c.id = r.cost_id WHERE c.focus_group_id = ? ORDER BY r.added_at, r.id")
	receiptThere    = database.Prepared("SELECT EXISTS (SELECT 1 FROM receipts WHERE id = ?)")
	insertReceipt   = database.Prepared("INSERT INTO receipts (id, cost_id, kind, uploaded_hash, stored_hash, bytes, added_at, added_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
	endReceipt      = database.Prepared("UPDATE receipts SET ended_at = ? WHERE id = ?")
	deleteReceipt   = database.Prepared("DELETE FROM receipts WHERE id = ?")
	raiseCost       = database.Prepared("UPDATE costs SET edition = edition + 1 WHERE id = ?")
)
