package evaluation

import (
	"cmp"
	"context"
	"fmt"

	"github.com/google/uuid"

	"fieldcare/internal/database"
)

// Check looks at all that is kept, for what should not be: it changes nothing, and may run beside a serving program.
type Check struct {
	DB     *database.DB
	Photos *Photos
	Tell   func(sentence string) // of each fault

	atOnce   int                 // how many evaluations are in memory at a time
	versions map[string]*Version // nil is one that cannot be read
	checked  Checked
}

// Checked is what a check looked at, and how often something was wrong.
type Checked struct {
	Itself      bool // whether the database could look at itself: pages, indexes, foreign keys
	Versions    int
	Evaluations int
	Revisions   int
	OtherEngine int // of the revisions: those that another version of the engine scored, which cannot be calculated again
	Photos      int
	Faults      int
}

// Run tells of each fault. An error says that the check could not be finished.
func (c *Check) Run(ctx context.Context) (Checked, error) {
	c.checked, c.versions, c.atOnce = Checked{}, map[string]*Version{}, cmp.Or(c.atOnce, 200)
	for _, check := range []func(context.Context) error{c.database, c.checklists, c.evaluations, c.sums, c.photos} {
		if err := check(ctx); err != nil {
			return c.checked, err
		}
	}
	return c.checked, nil
}

func (c *Check) fault(sentence string) {
	c.checked.Faults++
	c.Tell(sentence)
}

func (c *Check) database(ctx context.Context) error {
	faults, looked, err := c.DB.Faults(ctx)
	for _, fault := range faults {
		c.fault(fault)
	}
	c.checked.Itself = looked
	return err
}

func (c *Check) sums(ctx context.Context) error {
	for _, t := range sumTables {
		if err := t.faults(ctx, c.DB.Read(), c.fault); err != nil {
			return err
		}
	}
	return nil
}

func (c *Check) photos(ctx context.Context) error {
	read, faults, err := c.Photos.Check(ctx)
	c.checked.Photos = read
	for _, fault := range faults {
		c.fault(fault)
	}
	return err
}

// checklists reads every published version.
func (c *Check) checklists(ctx context.Context) error {
	var keys []struct {
		ChecklistID string
		Number      int
	}
	err := c.DB.Read().NewRaw("SELECT checklist_id, number FROM checklist_versions ORDER BY checklist_id, number").Scan(ctx, &keys)
	for _, key := range keys {
		if err == nil {
			_, err = c.version(ctx, key.ChecklistID, key.Number)
		}
	}
	return err
}

// version gives a version, or nil when it cannot be read, which is told once.
func (c *Check) version(ctx context.Context, checklist string, number int) (*Version, error) {
	key := fmt.Sprintf("checklist %s, version %d", checklist, number)
	if v, known := c.versions[key]; known {
		return v, nil
	}
	var text string
	if err := selectVersion.Row(ctx, c.DB.Read(), checklist, number).Scan(&text); err != nil {
		return nil, err
	}
	c.checked.Versions++
	c.versions[key] = nil
	id, err := uuid.Parse(checklist)
	if err != nil {
		c.fault(key + ": the id is none: " + err.Error())
		return nil, nil
	}
	document, err := ReadDocument([]byte(text))
	if err != nil {
		c.fault(key + ": the document cannot be read: " + err.Error())
		return nil, nil
	}
	c.versions[key] = ready(id, number, document)
	return c.versions[key], nil
}
