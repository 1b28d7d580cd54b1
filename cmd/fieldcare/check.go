package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"fieldcare/evaluation"
)

type checkCommand struct {
	Rebuild bool `help:"Make the sums of the reports anew from the approved evaluations first."`
}

// Run looks at all that is kept and prints a sentence for each fault; with one it fails.
func (c *checkCommand) Run(ctx context.Context, config *Config) error {
	return c.run(ctx, config, os.Stdout)
}

func (c *checkCommand) run(ctx context.Context, config *Config, out io.Writer) error {
	// Opening would make an empty database, in which there is never anything wrong.
	if path := config.database(); !strings.Contains(path, "://") {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("there is no database %s (FIELDCARE_DATABASE, FIELDCARE_DATA)", path)
		}
	}
	i, err := config.open(ctx, time.Now)
	if err != nil {
		return err
	}
	defer i.db.Close()
	if c.Rebuild {
		differed, err := evaluation.RebuildSums(ctx, i.db)
		if err != nil {
			return fmt.Errorf("the sums were left as they are: %w", err)
		}
		fmt.Fprintf(out, "The sums are made anew. Rows that were wrong: %d.\n", differed)
	}
	check := evaluation.Check{DB: i.db, Photos: i.photos, Tell: func(sentence string) { fmt.Fprintln(out, sentence) }}
	checked, err := check.Run(ctx)
	if err != nil {
		return fmt.Errorf("the check was not finished: %w", err)
	}
	fmt.Fprintln(out, summary(checked))
	if checked.Faults > 0 {
		return fmt.Errorf("faults found: %d", checked.Faults)
	}
	return nil
}

func summary(c evaluation.Checked) string {
	text := fmt.Sprintf("Checked %d versions of checklists, %d evaluations with %d revisions, %d photos, the sums of the reports",
		c.Versions, c.Evaluations, c.Revisions, c.Photos)
	if c.Itself {
		text += ", and the database file with its foreign keys"
	} else {
		text += "; PostgreSQL itself sees to the foreign keys"
	}
	if c.OtherEngine > 0 {
		text += fmt.Sprintf(". Not calculated again are the scores of %d revisions, which another version of the engine made", c.OtherEngine)
	}
	if c.Faults == 0 {
		return text + ". Nothing is wrong."
	}
	return text + fmt.Sprintf(". Faults: %d.", c.Faults)
}
