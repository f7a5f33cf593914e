// Command aidc-pod-security judges Kubernetes objects with the code of the API server's Pod Security admission.
//
// Standard input holds a JSON list of objects, standard output gets one JSON line per namespace and per pod specification.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	var objects []map[string]any
	if err := json.NewDecoder(bufio.NewReader(os.Stdin)).Decode(&objects); err != nil {
		fail(err)
	}
	judge, err := newJudge(objects)
	if err != nil {
		fail(err)
	}
	output := json.NewEncoder(os.Stdout)
	output.SetEscapeHTML(false)
	for index, object := range objects {
		for _, verdict := range judge.verdicts(index, object) {
			if err := output.Encode(verdict); err != nil {
				fail(err)
			}
		}
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
