//go:build operators

package main

// The operators whose CRDs are judged against. No build sets the tag, so none of their code is compiled: the import keeps their
// version in go.mod and its checksum in go.sum when `go mod tidy` runs. Their YAML is read from the module's folder, see
// CRD_MODULES in ../validator.ts.
import (
	_ "github.com/aws/karpenter-provider-aws/pkg/apis"
)
