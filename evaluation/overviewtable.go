package evaluation

import (
	"context"
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"fieldcare/internal/account"
)

// OverviewColumns are the columns of the overview as a table, in their order. Shares are in per cent and differences in
// points, each with one decimal and a decimal point; days are as 2026-11-29. What a branch does not have is empty.
var OverviewColumns = []string{
	"Code", "Name", "Region", "Competitor",
	"From", "To", "Checklist", "Visits with a score", "Average (%)", "Interval from (%)", "Interval to (%)", "Band",
	"Change", "Difference (points)", "Explained by chance (points)",
	"Last visit", "Last checklist", "Last score (%)", "Last band",
}

const branchesATime = 200

// WriteOverview writes the overview of all branches that the viewer may know of and the filter leaves as a CSV file (RFC
// 4180; UTF-8 with a byte-order mark, by which spreadsheets know it). The filter's limit and cursor say nothing here.
func (s *Reports) WriteOverview(ctx context.Context, w io.Writer, viewer account.User, f BranchFilter) error {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	table := csv.NewWriter(w)
	table.UseCRLF = true
	if err := table.Write(OverviewColumns); err != nil {
		return err
	}
	f.Limit, f.Cursor = branchesATime, ""
	for {
		page, err := s.Overview(ctx, viewer, f)
		if err != nil {
			return err
		}
		for _, o := range page.Items {
			if err := table.Write(o.cells()); err != nil {
				return err
			}
		}
		if f.Cursor = page.Next; f.Cursor == "" {
			table.Flush()
			return table.Error()
		}
	}
}

// cells are the cells of its row, by OverviewColumns.
func (o BranchOverview) cells() []string {
	competitor := "no"
	if o.Competitor {
		competitor = "yes"
	}
	cells := []string{textCell(o.Code), textCell(o.Name), textCell(o.Region), competitor, o.Period.From, o.Period.To}
	if o.Checklist == nil {
		cells = append(cells, "")
	} else {
		cells = append(cells, textCell(o.Checklist.Title))
	}
	cells = append(cells, strconv.Itoa(o.Mean.N), o.Mean.Shown, pointsCell(o.Mean.Low), pointsCell(o.Mean.High), textCell(o.Mean.Band))
	if o.Trend == nil {
		cells = append(cells, "", "", "")
	} else {
		cells = append(cells, strings.ReplaceAll(o.Trend.Verdict, "-", " "), pointsCell(o.Trend.Difference), pointsCell(o.Trend.Margin))
	}
	if o.Last == nil {
		return append(cells, "", "", "", "")
	}
	return append(cells, o.Last.Day, textCell(o.Last.Checklist.Title), o.Last.Score.Shown, textCell(o.Last.Band))
}

// textCell is a text that no spreadsheet takes for a formula: what begins like one gets an apostrophe in front.
func textCell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n", rune(text[0])) {
		return "'" + text
	}
	return text
}

// pointsCell is a share, or a difference of shares, times a hundred; empty of none.
func pointsCell(share *float64) string {
	if share == nil {
		return ""
	}
	if text := percent(*share); text != "-0.0" {
		return text
	}
	return "0.0"
}
