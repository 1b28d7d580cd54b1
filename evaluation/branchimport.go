package evaluation

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// maxImported bounds one import, which is one transaction.
const maxImported = 10_000

// Import adds the branches of a CSV file with the columns code, name, zone and, if wanted, address, lat, lon, region,
// brand, competitor (yes or no). All faults are listed at once by line, and nothing is added when there is one.
func (s *Branches) Import(ctx context.Context, by account.User, file []byte) (n int, err error) {
	t, err := fault.ReadTable(file, maxImported, []string{"code", "name", "zone"}, []string{"address", "lat", "lon", "region", "brand", "competitor"})
	if err != nil {
		return 0, err
	}
	now := s.Clock()
	branches, faults := branchesIn(t, now)
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		taken, err := takenCodes(ctx, tx, branches)
		if err != nil {
			return err
		}
		all := slices.Concat(t.Faults, faults)
		for i, b := range branches {
			if taken[b.Code] {
				all = append(all, fault.Fault{Line: t.Rows[i].Line, Pointer: "code", Detail: codeTaken(b.Code).Error()})
			}
		}
		if err := fault.Of(fault.ByLine(all)); err != nil {
			return err
		}
		for _, b := range branches {
			if err := s.insert(ctx, tx, by, now, b); err != nil {
				return err
			}
		}
		return nil
	})
	return len(branches), err
}

// takenCodes are those of the branches' codes that another branch has already.
func takenCodes(ctx context.Context, tx bun.Tx, branches []Branch) (map[string]bool, error) {
	taken := map[string]bool{}
	for some := range slices.Chunk(branches, 500) {
		codes := make([]string, len(some))
		for i, b := range some {
			codes[i] = b.Code
		}
		var found []string
		if err := tx.NewSelect().Table("branches").Column("code").Where("code IN (?)", bun.List(codes)).Scan(ctx, &found); err != nil {
			return nil, err
		}
		for _, code := range found {
			taken[code] = true
		}
	}
	return taken, nil
}

func branchesIn(t fault.Table, now time.Time) (branches []Branch, faults []fault.Fault) {
	lineOf := map[string]int{}
	for _, row := range t.Rows {
		b := Branch{ID: database.NewID(now), Code: row.Cells["code"], Name: row.Cells["name"], Address: row.Cells["address"],
			Zone: row.Cells["zone"], Region: row.Cells["region"], Brand: row.Cells["brand"], CreatedAt: database.At(now), Edition: 1}
		var wrong []fault.Fault
		switch strings.ToLower(row.Cells["competitor"]) {
		case "", "no":
		case "yes":
			b.Competitor = true
		default:
			wrong = append(wrong, fault.Fault{Pointer: "competitor", Detail: "must be yes or no"})
		}
		if lat, lon := row.Cells["lat"], row.Cells["lon"]; lat != "" || lon != "" {
			var p Position
			var e1, e2 error
			p.Lat, e1 = strconv.ParseFloat(lat, 64)
			p.Lon, e2 = strconv.ParseFloat(lon, 64)
			if e1 != nil || e2 != nil {
				wrong = append(wrong, fault.Fault{Pointer: "lat", Detail: "lat and lon must be degrees such as 52.229700 and 21.012200, or both empty"})
			} else {
				b.Position = &p
			}
		}
		wrong = append(wrong, b.faults()...)
		if first, twice := lineOf[b.Code]; twice && b.Code != "" {
			wrong = append(wrong, fault.Fault{Pointer: "code", Detail: fmt.Sprintf("the code %q stands in line %d already", b.Code, first)})
		}
		lineOf[b.Code] = row.Line
		faults = append(faults, fault.InLine(row.Line, wrong)...)
		branches = append(branches, b)
	}
	return branches, faults
}
