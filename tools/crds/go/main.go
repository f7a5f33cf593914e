// Command aidc-crds says what a Kubernetes API server would answer to custom resources, without a server.
//
// It reads a JSON list of objects from standard input and writes one line of JSON per object, in the same order. An object is
// judged as on create with fieldValidation=Strict; with --update the list holds pairs [old, new] and new is judged as the
// replacement of old. Whatever the answers are, the exit status is 0; it is 2 when the input or a CRD could not be read.
//
// Where a server stops at the first unknown field, the object is judged to its end here, so that one run shows everything.
// An object is without errors exactly when the server would take it; admission webhooks and policies are out of reach.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// folders is a flag that may be given several times.
type folders []string

func (f *folders) String() string { return strings.Join(*f, ", ") }

func (f *folders) Set(value string) error {
	*f = append(*f, value)
	return nil
}

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "error: %v\n", err)
		os.Exit(2)
	}
}

func run(args []string, in io.Reader, out io.Writer) error {
	var crds folders
	flags := flag.NewFlagSet("aidc-crds", flag.ContinueOnError)
	flags.Var(&crds, "crds", "folder with CustomResourceDefinitions as YAML; may be given several times")
	update := flags.Bool("update", false, "standard input holds pairs [old, new]")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if len(crds) == 0 {
		return errors.New("no folder of CRDs: give --crds DIR")
	}
	known, err := loadDefinitions(crds)
	if err != nil {
		return err
	}
	judge := func(raw json.RawMessage) (verdict, error) { return judgeCreate(known, raw) }
	if *update {
		judge = func(raw json.RawMessage) (verdict, error) { return judgePair(known, raw) }
	}
	return judgeAll(in, out, judge)
}

func judgeAll(in io.Reader, out io.Writer, judge func(json.RawMessage) (verdict, error)) error {
	// The objects stay text until they are judged: duplicate keys, which a server refuses, do not survive decoding.
	var list []json.RawMessage
	decoder := json.NewDecoder(in)
	if err := decoder.Decode(&list); err != nil {
		return fmt.Errorf("standard input is not a JSON list: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("standard input goes on after the JSON list")
	}
	buffered := bufio.NewWriter(out)
	encoder := json.NewEncoder(buffered)
	encoder.SetEscapeHTML(false)
	for index, raw := range list {
		found, err := judge(raw)
		if err != nil {
			return fmt.Errorf("object %d: %w", index, err)
		}
		found.Index = index
		if err := encoder.Encode(found); err != nil {
			return err
		}
	}
	return buffered.Flush()
}

// judgePair judges [old, new].
func judgePair(known definitions, raw json.RawMessage) (verdict, error) {
	var pair []json.RawMessage
	if err := json.Unmarshal(raw, &pair); err != nil || len(pair) != 2 {
		return verdict{}, errors.New("not a pair [old, new]")
	}
	return judgeUpdate(known, pair[0], pair[1])
}
