package photo

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Folder keeps files under names of two characters or more that its owner gave them. It belongs to one process. A file
// ab….jpg lies in its folder ab; whoever asks for one has the name from a row, never from a stranger.
type Folder struct{ path string }

// OpenFolder makes the folder where it is missing.
func OpenFolder(path string) (Folder, error) { return Folder{path}, os.MkdirAll(path, 0o700) }

// Path is where the file of that name lies.
func (f Folder) Path(name string) string { return filepath.Join(f.path, name[:2], name) }

// Put has the file on the disk for good when it returns. One that is there already is written anew, which also mends
// it where it was damaged.
func (f Folder) Put(name string, content []byte) error {
	folder := filepath.Dir(f.Path(name))
	if err := os.Mkdir(folder, 0o700); err == nil {
		if err := syncFolder(f.path); err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := writeFile(f.Path(name), content); err != nil {
		return err
	}
	return syncFolder(folder)
}

// writeFile has under the path either all of the content or what was there before, whatever happens meanwhile.
func writeFile(path string, content []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), "unfinished-*")
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		os.Remove(file.Name())
	}
	return err
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// Open opens a file and says how many bytes it has.
func (f Folder) Open(name string) (*os.File, int64, error) {
	file, err := os.Open(f.Path(name))
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, 0, err
	}
	return file, info.Size(), nil
}

// Remove removes a file, where there is one.
func (f Folder) Remove(name string) error {
	if err := os.Remove(f.Path(name)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Leftovers removes the files last changed before a time that named says nobody names: of an upload whose process ended
// between the file and the row, or before the file was whole. remove, which gets their path, may still spare one.
func (f Folder) Leftovers(before time.Time, named func(name string) (bool, error), remove func(name, path string) error) error {
	return filepath.WalkDir(f.path, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.ModTime().Before(before) {
			return nil
		}
		if err != nil {
			return err
		}
		if is, err := named(entry.Name()); err != nil || is {
			return err
		}
		return remove(entry.Name(), path)
	})
}
