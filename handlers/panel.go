package handlers

import (
	"bytes"
	"context"

	"github.com/google/uuid"

	"fieldcare/internal/account"
	"fieldcare/scheduling"
)

// PanelImport is the input of an import of participants and of its preview.
type PanelImport struct {
	Language           string `query:"language" maxLength:"35" doc:"Of the lines that name none (BCP 47)" example:"pl"`
	Zone               string `query:"zone" maxLength:"64" doc:"Of the lines that name none (IANA)" example:"Europe/Warsaw"`
	LeaveOutDuplicates bool   `query:"leave_out_duplicates" doc:"Leave out lines with the e-mail or phone of somebody on the panel, or of a line before"`
	RawBody            []byte `contentType:"application/octet-stream" doc:"A CSV file (UTF-8) or an XLSX file; the first line names the columns"`
}

func (in PanelImport) file() scheduling.PanelFile {
	return scheduling.PanelFile{Content: in.RawBody, Language: in.Language, Zone: in.Zone, LeaveOutDuplicates: in.LeaveOutDuplicates}
}

type previewImportInput struct{ PanelImport }

func (s *Server) previewParticipants(ctx context.Context, _ account.User, in *previewImportInput) (*one[scheduling.PanelPreview], error) {
	p, err := s.Participants.Preview(ctx, in.file())
	return &one[scheduling.PanelPreview]{Body: p}, err
}

type importParticipantsInput struct {
	ID uuid.UUID `query:"id" required:"true" doc:"Of this request, chosen by the client: a UUID"`
	PanelImport
}

type importedParticipants struct {
	Status int
	Body   struct {
		Added int `json:"added" doc:"How many participants were added"`
	}
}

func (s *Server) importParticipants(ctx context.Context, u account.User, in *importParticipantsInput) (*importedParticipants, error) {
	added, again, err := s.Participants.Import(ctx, u, in.ID, in.file())
	if err != nil {
		return nil, err
	}
	out := &importedParticipants{Status: 201}
	if again {
		out.Status = 200
	}
	out.Body.Added = added
	return out, nil
}

type exportParticipantsInput struct{ ParticipantSearch }

func (s *Server) exportParticipants(ctx context.Context, u account.User, in *exportParticipantsInput) (*file, error) {
	var out bytes.Buffer
	err := s.Participants.WriteCSV(ctx, &out, u, in.filter(Paging{}))
	return &file{ContentType: "text/csv; charset=utf-8", Disposition: `attachment; filename="participants.csv"`, Body: out.Bytes()}, err
}

const workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func (s *Server) exportParticipantsWorkbook(ctx context.Context, u account.User, in *exportParticipantsInput) (*file, error) {
	var out bytes.Buffer
	err := s.Participants.WriteXLSX(ctx, &out, u, in.filter(Paging{}))
	return &file{ContentType: workbookType, Disposition: `attachment; filename="participants.xlsx"`, Body: out.Bytes()}, err
}

type personalDataOutput struct {
	Disposition string `header:"Content-Disposition"`
	Body        scheduling.PersonalData
}

func (s *Server) readPersonalData(ctx context.Context, u account.User, in *ByID) (*personalDataOutput, error) {
	d, err := s.Participants.Data(ctx, u, in.ID)
	return &personalDataOutput{`attachment; filename="participant.json"`, d}, err
}

func (s *Server) eraseParticipant(ctx context.Context, u account.User, in *reasonInput) (*one[scheduling.Participant], error) {
	return participantOutput(s.Participants.Erase(ctx, u, in.ID, in.Body.Reason))
}
