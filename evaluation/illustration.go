package evaluation

import (
	"context"
	"io"

	"fieldcare/internal/photo"
)

// How many of an evaluation's photos its document shows, and how large. A document is made in memory.
const (
	illustratedSide  = 1024 // pixels, of the longer side
	illustratedLarge = 40   // those after them are shown as thumbnails
	illustratedMost  = 200  // and those after them not at all
)

// Illustrate reads the thumbnails of the report's photos. One that cannot be read stays nil.
func (s *Reports) Illustrate(ctx context.Context, r *BranchReport) error {
	for _, points := range [][]ReportPoint{r.Strengths, r.ToWorkOn} {
		for i := range points {
			for k := range points[i].Photos {
				photo := &points[i].Photos[k]
				photo.JPEG = s.Photos.thumbnail(photo.stored)
			}
		}
	}
	return ctx.Err()
}

// IllustrateEvaluation reads the report's photos, at most 1024 pixels wide and high. One that cannot be read stays nil,
// and so do those after the first 200.
func (s *Reports) IllustrateEvaluation(ctx context.Context, r *EvaluationReport) error {
	n := 0
	for i := range r.Sections {
		for k := range r.Sections[i].Answers {
			photos := r.Sections[i].Answers[k].Photos
			for j := range photos {
				if n++; n > illustratedMost {
					return nil
				}
				if n > illustratedLarge {
					photos[j].JPEG = s.Photos.thumbnail(photos[j].stored)
					continue
				}
				var err error
				if photos[j].JPEG, err = s.Photos.scaled(ctx, photos[j].stored, illustratedSide); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// content is a stored photo or its thumbnail; nil when it cannot be read.
func (p *Photos) content(storedHash string, thumbnail bool) []byte {
	file, _, err := p.Open(storedHash, thumbnail)
	if err != nil {
		return nil
	}
	defer file.Close()
	content, err := io.ReadAll(file)
	if err != nil {
		return nil
	}
	return content
}

func (p *Photos) thumbnail(storedHash string) []byte { return p.content(storedHash, true) }

// scaled is a stored photo whose longer side has at most so many pixels; nil when it cannot be read. It waits for its
// turn with those that are uploaded: when ctx ends first, its error comes back.
func (p *Photos) scaled(ctx context.Context, storedHash string, side int) ([]byte, error) {
	if err := p.decoding.Enter(ctx); err != nil {
		return nil, err
	}
	defer p.decoding.Leave()
	content := p.content(storedHash, false)
	if content == nil {
		return nil, nil
	}
	return photo.Scaled(ctx, content, side)
}
