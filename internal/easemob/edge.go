package easemob

import (
	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// checkRefs refuses a call for too many users, or for a user of another application.
func checkRefs(request rest.Request, others []chat.Ref, limit chat.Limit) error {
	for _, other := range others {
		if other.AppKey != "" {
			return unsupported(request, "users of other applications")
		}
	}
	return limit.Check(request.Op, len(others))
}

// resultsOf returns the results of a call for n inputs that ended with err. The error of a
// single input is its own; that of several is the call's.
func resultsOf(n int, err error) ([]error, error) {
	if err != nil && n > 1 {
		return nil, err
	}
	errs := make([]error, n)
	if err != nil {
		errs[0] = err
	}
	return errs, nil
}

// keys are the names of users as the platform stores them.
func keys(others []chat.Ref) []string {
	names := make([]string, len(others))
	for i, other := range others {
		names[i] = userKey(other.Username)
	}
	return names
}
