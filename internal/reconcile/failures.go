package reconcile

// Failures are the users for which one step of the work failed.
type Failures struct {
	// Doing is what failed, as a verb: "create".
	Doing string
	// To says to what it was to be done, as a phrase; it may be empty.
	To string
	// Total is for how many users it was to be done.
	Total int
	// Users are those for which it failed.
	Users []Failure
}

// Failure is one user for which something failed.
type Failure struct {
	Name string
	Err  error
	// Line is where a file declares the user; 0 if none does.
	Line int
}
