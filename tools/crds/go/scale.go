package main

import (
	"fmt"
	"math"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateScale holds the fields behind the scale subresource to what autoscalers read there. It repeats
// customResourceValidator.ValidateScaleSpec and ValidateScaleStatus, which the server does not export.
func validateScale(scale *apiextensionsv1.CustomResourceSubresourceScale, object *unstructured.Unstructured) field.ErrorList {
	if scale == nil {
		return nil
	}
	errs := validateCount(scale.SpecReplicasPath, object)
	errs = append(errs, validateCount(scale.StatusReplicasPath, object)...)
	if scale.LabelSelectorPath != nil {
		text, _, err := unstructured.NestedString(object.Object, keysOf(*scale.LabelSelectorPath)...)
		if err != nil {
			errs = append(errs, field.Invalid(pathOf(*scale.LabelSelectorPath), text, err.Error()))
		}
	}
	return errs
}

func validateCount(path string, object *unstructured.Unstructured) field.ErrorList {
	count, _, err := unstructured.NestedInt64(object.Object, keysOf(path)...)
	problem := ""
	switch {
	case err != nil:
		problem = err.Error()
	case count < 0:
		problem = "should be a non-negative integer"
	case count > math.MaxInt32:
		problem = fmt.Sprintf("should be less than or equal to %v", math.MaxInt32)
	default:
		return nil
	}
	return field.ErrorList{field.Invalid(pathOf(path), count, problem)}
}

func keysOf(path string) []string {
	return strings.Split(strings.TrimPrefix(path, "."), ".")
}

func pathOf(path string) *field.Path {
	keys := keysOf(path)
	return field.NewPath(keys[0], keys[1:]...)
}
