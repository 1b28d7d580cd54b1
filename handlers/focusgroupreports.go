package handlers

import (
	"bytes"
	"context"
	"errors"

	"fieldcare/internal/account"
	"fieldcare/internal/fault"
	"fieldcare/pdf"
	"fieldcare/scheduling"
)

func (s *Server) readFocusGroupReport(ctx context.Context, u account.User, in *ByID) (*one[scheduling.FocusGroupReport], error) {
	r, err := s.focusGroupReport(ctx, u, in)
	return &one[scheduling.FocusGroupReport]{Body: r}, err
}

func (s *Server) focusGroupReport(ctx context.Context, u account.User, in *ByID) (scheduling.FocusGroupReport, error) {
	organisation, err := s.organisation(ctx)
	if err != nil {
		return scheduling.FocusGroupReport{}, err
	}
	return s.GroupReports.FocusGroup(ctx, u, organisation, in.ID)
}

// organisation is whose documents these are, as the focus-group half needs to know it.
func (s *Server) organisation(ctx context.Context) (scheduling.Organisation, error) {
	settings, err := s.Settings.Read(ctx)
	if err != nil {
		return scheduling.Organisation{}, err
	}
	o := scheduling.Organisation{Name: settings.Organisation, Accent: settings.Accent, Language: settings.Language}
	if o.Logo, err = s.Settings.Logo(ctx); errors.Is(err, fault.ErrNotFound) {
		err = nil
	}
	return o, err
}

func (s *Server) downloadFocusGroupReport(ctx context.Context, u account.User, in *ByID) (*file, error) {
	r, err := s.focusGroupReport(ctx, u, in)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := pdf.FocusGroup(&out, r); err != nil {
		return nil, err
	}
	return pdfFile("focus-group-report-"+dayOf(r.Session.Starts), out.Bytes()), nil
}

func (s *Server) downloadDaySheet(ctx context.Context, u account.User, in *ByID) (*file, error) {
	organisation, err := s.organisation(ctx)
	if err != nil {
		return nil, err
	}
	sheet, err := s.GroupReports.DaySheet(ctx, u, organisation, in.ID)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := pdf.DaySheet(&out, sheet); err != nil {
		return nil, err
	}
	return pdfFile("day-sheet-"+dayOf(sheet.Starts), out.Bytes()), nil
}

// dayOf is the day of a wall time.
func dayOf(wall string) string { return wall[:min(len(wall), len("2006-01-02"))] }

func pdfFile(name string, content []byte) *file {
	return &file{ContentType: "application/pdf", Disposition: `attachment; filename="` + name + `.pdf"`, Body: content}
}
