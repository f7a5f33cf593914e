package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// definition is one CRD. Its versions are compiled when the first object asks for them: compiling the rules of a CRD takes
// longer than judging an object, and most runs are about a few kinds.
type definition struct {
	crd      *apiextensionsv1.CustomResourceDefinition
	compiled map[string]*servedVersion
}

type definitions map[schema.GroupKind]*definition

// loadDefinitions reads every CRD of the folders; other documents in them are passed over.
func loadDefinitions(folders []string) (definitions, error) {
	known := definitions{}
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
		if err != nil {
			return nil, err
		}
		before := len(known)
		for _, file := range files {
			if err := known.addFile(file); err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
		}
		// A wrong folder would otherwise show as "no matches for kind" and be looked for in the objects.
		if len(known) == before {
			return nil, fmt.Errorf("no CustomResourceDefinition in %s", folder)
		}
	}
	return known, nil
}

func (d definitions) addFile(file string) error {
	handle, err := os.Open(file)
	if err != nil {
		return err
	}
	defer handle.Close()
	decoder := yaml.NewYAMLOrJSONDecoder(handle, 4096)
	for {
		crd := &apiextensionsv1.CustomResourceDefinition{}
		if err := decoder.Decode(crd); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if crd.Kind != "CustomResourceDefinition" {
			continue
		}
		if crd.APIVersion != apiextensionsv1.SchemeGroupVersion.String() {
			return fmt.Errorf("%s is of %s, which no server takes any more", crd.Name, crd.APIVersion)
		}
		key := schema.GroupKind{Group: crd.Spec.Group, Kind: crd.Spec.Names.Kind}
		if _, ok := d[key]; ok {
			return fmt.Errorf("a second CRD of %s", key)
		}
		d[key] = &definition{crd: crd, compiled: map[string]*servedVersion{}}
	}
}

// find gives the version that a server would decode the object with, or the fault that it knows none.
func (d definitions) find(gvk schema.GroupVersionKind) (*servedVersion, *fault, error) {
	// The words of kubectl and of every client that looks the kind up before it sends anything.
	unknown := fmt.Sprintf("no matches for kind %q in version %q", gvk.Kind, gvk.GroupVersion())
	found, ok := d[gvk.GroupKind()]
	if !ok {
		kinds := []string{}
		for kind := range d {
			kinds = append(kinds, kind.String())
		}
		slices.Sort(kinds)
		return nil, &fault{"kind", fmt.Sprintf("%s; known: %s", unknown, strings.Join(kinds, ", "))}, nil
	}
	if version, ok := found.compiled[gvk.Version]; ok {
		return version, nil, nil
	}
	served := []string{}
	for _, version := range found.crd.Spec.Versions {
		if !version.Served {
			continue
		}
		if version.Name == gvk.Version {
			compiled, err := compileVersion(found.crd, version)
			if err != nil {
				return nil, nil, fmt.Errorf("CRD %s, version %s: %w", found.crd.Name, version.Name, err)
			}
			found.compiled[version.Name] = compiled
			return compiled, nil, nil
		}
		served = append(served, version.Name)
	}
	return nil, &fault{"apiVersion", fmt.Sprintf("%s; served: %s", unknown, strings.Join(served, ", "))}, nil
}
