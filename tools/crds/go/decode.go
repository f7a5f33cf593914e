package main

import (
	"errors"
	"fmt"

	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	kjson "sigs.k8s.io/json"
)

// fault is one reason of a server to refuse an object.
type fault struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// parsed is an object before its schema is known.
type parsed struct {
	object *unstructured.Unstructured
	faults []fault
}

// parse reads the text of an object. A key that stands twice is a fault and the last value counts, as in a server.
func parse(raw []byte) (parsed, error) {
	content := map[string]any{}
	strict, err := kjson.UnmarshalStrict(raw, &content)
	if err != nil {
		return parsed{}, fmt.Errorf("not a JSON object: %w", err)
	}
	if content == nil {
		return parsed{}, errors.New("not a JSON object: null")
	}
	result := parsed{object: &unstructured.Unstructured{Object: content}}
	for _, problem := range strict {
		result.faults = append(result.faults, strictFault(problem))
	}
	return result, nil
}

func strictFault(problem error) fault {
	var located kjson.FieldError
	if errors.As(problem, &located) {
		return fault{Field: located.FieldPath(), Message: problem.Error()}
	}
	return fault{Message: problem.Error()}
}

// typeOf gives what the object says it is, or the faults in that.
func typeOf(object *unstructured.Unstructured) (schema.GroupVersionKind, []fault) {
	faults := []fault{}
	texts := map[string]string{}
	for _, name := range []string{"apiVersion", "kind"} {
		text, found, err := unstructured.NestedString(object.Object, name)
		switch {
		case err != nil:
			faults = append(faults, fault{name, err.Error()})
		case !found || text == "":
			faults = append(faults, fault{name, field.Required(nil, "").ErrorBody()})
		}
		texts[name] = text
	}
	group, err := schema.ParseGroupVersion(texts["apiVersion"])
	if err != nil {
		faults = append(faults, fault{"apiVersion", err.Error()})
	}
	return group.WithKind(texts["kind"]), faults
}

// coerce takes out what the schema does not know, with a fault for each, and puts the defaults in: unstructuredSchemaCoercer.apply
// and unstructuredDefaulter of the server, in that order. The fatal faults end the judgement: without sound metadata nothing else
// can be checked.
func coerce(version *servedVersion, object *unstructured.Unstructured) (unknown []fault, fatal []fault) {
	meta, hasMeta, paths, err := objectmeta.GetObjectMetaWithOptions(object.Object, objectmeta.ObjectMetaOptions{
		ReturnUnknownFieldPaths: true,
	})
	if err != nil {
		return nil, []fault{{"metadata", err.Error()}}
	}
	apiVersion, kind := object.GetAPIVersion(), object.GetKind()
	if !version.preserveUnknown {
		options := structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
		paths = append(paths, pruning.PruneWithOptions(object.Object, version.structural, true, options)...)
		defaulting.PruneNonNullableNullsWithoutDefaults(object.Object, version.structural)
	}
	// Metadata of objects within the object, which x-kubernetes-embedded-resource marks.
	coerceErr, embedded := objectmeta.CoerceWithOptions(nil, object.Object, version.structural, false, objectmeta.CoerceOptions{
		ReturnUnknownFieldPaths: true,
	})
	if coerceErr != nil {
		return nil, []fault{{coerceErr.Field, coerceErr.ErrorBody()}}
	}
	paths = append(paths, embedded...)
	object.SetAPIVersion(apiVersion)
	object.SetKind(kind)
	if hasMeta {
		if err := objectmeta.SetObjectMeta(object.Object, meta); err != nil {
			return nil, []fault{{"metadata", err.Error()}}
		}
	}
	defaulting.Default(object.Object, version.structural)
	for _, path := range paths {
		unknown = append(unknown, fault{path, fmt.Sprintf("unknown field %q", path)})
	}
	return unknown, nil
}
