package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"terraform-provider-chat/internal/emulator"
)

// saveInterval is how long after a change the file is written at the latest, unless
// writing takes long itself.
const saveInterval = time.Second

// store keeps an emulator's state in a file.
type store struct {
	path  string
	held  *emulator.Server
	saved int64 // the changes that the file has
	// lock keeps other emulators from the file. It is a file of its own, because the other
	// one is replaced, and the system releases it if the process is killed.
	lock *flock.Flock
}

// openStore restores what the file has, if there is one, and writes it. A file that is
// no state, or that another emulator uses, is an error and stays as it is.
func openStore(path string, held *emulator.Server) (*store, error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // what a link leads to is replaced, not the link
	}
	s := &store{path: path, held: held, lock: flock.New(path + ".lock")}
	switch locked, err := s.lock.TryLock(); {
	case err != nil:
		return nil, err
	case !locked:
		return nil, errors.New("another emulator uses it")
	}
	if err := s.restore(); err != nil {
		return nil, errors.Join(err, s.lock.Close())
	}
	return s, nil
}

// restore reads the file, if there is one, and writes it.
func (s *store) restore() error {
	document, err := os.ReadFile(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case len(document) == 0:
		return errors.New("the file is empty and holds no state; remove it to start anew")
	default:
		if err := s.held.Restore(document); err != nil {
			return fmt.Errorf("%w; the file was left as it is", err)
		}
	}
	return s.save() // a folder that cannot be written to is found now
}

// save replaces the file. Whoever reads it meanwhile, or finds it after a crash, has the
// old state or the new one and never a part.
func (s *store) save() (err error) {
	changes := s.held.Changes()
	document, err := s.held.State()
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(s.path), filepath.Base(s.path)+".*.tmp") // for the owner only
	if err != nil {
		return err
	}
	_, err = file.Write(append(document, '\n'))
	if err == nil {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(file.Name(), s.path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	s.saved = changes
	return nil
}

// keep saves changes until finish is called, which saves what is left and leaves the file
// to others. What goes wrong
// in between is reported to stderr, once, and tried again.
func (s *store) keep(stderr io.Writer) (finish func() error) {
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		reported, pause := "", saveInterval
		for {
			select {
			case <-end:
				return
			case <-time.After(pause):
			}
			if s.held.Changes() == s.saved {
				continue
			}
			start, problem := time.Now(), ""
			if err := s.save(); err != nil {
				problem = err.Error()
			}
			if problem != "" && problem != reported {
				_, _ = fmt.Fprintf(stderr, "chat-emulator: -data %s: %s\n", s.path, problem) // there is nobody else to tell
			}
			reported = problem
			pause = max(saveInterval, 10*time.Since(start)) // a large state is not written all the time
		}
	}()
	return func() error {
		close(end)
		<-ended
		var err error
		if s.held.Changes() != s.saved {
			err = s.save()
		}
		return errors.Join(err, s.lock.Close())
	}
}
