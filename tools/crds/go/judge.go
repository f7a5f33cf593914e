package main

import (
	"context"
	"encoding/json"
	"fmt"

	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/model"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/cel/common"
)

// verdict is the answer for one object: taken when there are no errors.
type verdict struct {
	Index      int     `json:"index"`
	APIVersion string  `json:"apiVersion"`
	Kind       string  `json:"kind"`
	Name       string  `json:"name"`
	Errors     []fault `json:"errors"`
}

// prepared is an object as it stands before the checks of a server.
type prepared struct {
	verdict verdict
	object  *unstructured.Unstructured
	// version is nil when the verdict is final: nothing more can be checked.
	version *servedVersion
}

// prepare decodes an object. An error means that a CRD or the text is unusable, not that the object is refused.
func prepare(known definitions, raw json.RawMessage) (prepared, error) {
	decoded, err := parse(raw)
	if err != nil {
		return prepared{}, err
	}
	gvk, faults := typeOf(decoded.object)
	// Not GetName, which gives nothing when another field of the metadata is wrong.
	name, _, _ := unstructured.NestedString(decoded.object.Object, "metadata", "name")
	found := verdict{Kind: gvk.Kind, Name: name, Errors: append([]fault{}, decoded.faults...)}
	found.APIVersion, _, _ = unstructured.NestedString(decoded.object.Object, "apiVersion")
	if len(faults) > 0 {
		found.Errors = append(found.Errors, faults...)
		return prepared{verdict: found}, nil
	}
	version, missing, err := known.find(gvk)
	if err != nil {
		return prepared{}, err
	}
	if missing != nil {
		found.Errors = append(found.Errors, *missing)
		return prepared{verdict: found}, nil
	}
	faults, fatal := coerce(version, decoded.object)
	found.Errors = append(append(found.Errors, faults...), fatal...)
	if len(fatal) > 0 {
		return prepared{verdict: found}, nil
	}
	setNamespace(version, decoded.object)
	return prepared{verdict: found, object: decoded.object, version: version}, nil
}

// setNamespace does what the address of a request does: it names the namespace of an object that names none, and takes it from
// one whose kind lives outside of namespaces.
func setNamespace(version *servedVersion, object *unstructured.Unstructured) {
	if !version.namespaced {
		object.SetNamespace("")
	} else if object.GetNamespace() == "" {
		object.SetNamespace("default")
	}
}

// judgeCreate follows rest.BeforeCreate with the strategy of custom resources.
func judgeCreate(known definitions, raw json.RawMessage) (verdict, error) {
	this, err := prepare(known, raw)
	if err != nil || this.version == nil {
		return this.verdict, err
	}
	object, version := this.object, this.version
	var errs field.ErrorList
	if object.GetResourceVersion() != "" {
		errs = append(errs, field.Forbidden(field.NewPath("metadata", "resourceVersion"), "must not be set on an object to be created"))
	}
	if object.GetName() == "" && object.GetGenerateName() != "" {
		// As long as what a server appends.
		object.SetName(object.GetGenerateName() + "00000")
	}
	if version.hasStatus {
		delete(object.Object, "status")
	}
	object.SetGeneration(1)

	errs = append(errs, apivalidation.ValidateObjectMetaAccessor(
		object, version.namespaced, apivalidation.NameIsDNSSubdomain, field.NewPath("metadata"))...)
	errs = append(errs, validation.ValidateCustomResource(nil, object.Object, version.openAPI)...)
	errs = append(errs, validateScale(version.scale, object)...)
	errs = append(errs, objectmeta.Validate(nil, object.Object, version.structural, false)...)
	errs = append(errs, listtype.ValidateListSetsAndMaps(nil, version.structural, object.Object)...)
	errs = append(errs, validateRules(version, object, nil, errs)...)
	return this.verdict.with(errs), nil
}

// judgeUpdate follows rest.BeforeUpdate with the strategy of custom resources. The old object counts as stored: what is wrong in
// it is not reported, and does not speak against the new one where it stayed as it was.
func judgeUpdate(known definitions, rawOld, rawNew json.RawMessage) (verdict, error) {
	stored, err := prepare(known, rawOld)
	if err != nil {
		return verdict{}, fmt.Errorf("old: %w", err)
	}
	this, err := prepare(known, rawNew)
	if err != nil || this.version == nil {
		return this.verdict, err
	}
	if stored.version == nil {
		return verdict{}, fmt.Errorf("old cannot have been stored: %v", stored.verdict.Errors)
	}
	if stored.version != this.version {
		return verdict{}, fmt.Errorf("old is %s %s, new is %s %s: not two states of one object",
			stored.verdict.APIVersion, stored.verdict.Kind, this.verdict.APIVersion, this.verdict.Kind)
	}
	object, old, version := this.object, stored.object, this.version
	carryOver(version, object, old)

	correlated := common.NewCorrelatedObject(object.Object, old.Object, &model.Structural{Structural: version.structural})
	errs := apivalidation.ValidateObjectMetaAccessorUpdate(object, old, field.NewPath("metadata"))
	errs = append(errs, validation.ValidateCustomResourceUpdate(
		nil, object.Object, old.Object, version.openAPI, validation.WithRatcheting(correlated))...)
	errs = append(errs, validateScale(version.scale, object)...)
	errs = append(errs, objectmeta.Validate(nil, object.Object, version.structural, false)...)
	if len(listtype.ValidateListSetsAndMaps(nil, version.structural, old.Object)) == 0 {
		errs = append(errs, listtype.ValidateListSetsAndMaps(nil, version.structural, object.Object)...)
	}
	errs = append(errs, validateRules(version, object, old, errs, cel.WithRatcheting(correlated))...)
	return this.verdict.with(errs), nil
}

// carryOver fills in what a server keeps from the stored object and what a client reads before it writes.
func carryOver(version *servedVersion, object, old *unstructured.Unstructured) {
	if object.GetResourceVersion() == "" {
		object.SetResourceVersion("1")
	}
	if object.GetUID() == "" {
		object.SetUID(old.GetUID())
	}
	if created := old.GetCreationTimestamp(); !created.IsZero() {
		object.SetCreationTimestamp(created)
	}
	object.SetGeneration(old.GetGeneration())
	if !version.hasStatus {
		return
	}
	if status, ok := old.Object["status"]; ok {
		object.Object["status"] = status
	} else {
		delete(object.Object, "status")
	}
}

// validateRules runs the CEL rules, old being nil on create. A server leaves them out when the object has not the shape that they
// are written for, and says so.
func validateRules(
	version *servedVersion,
	object, old *unstructured.Unstructured,
	before field.ErrorList,
	options ...cel.Option,
) field.ErrorList {
	if version.rules == nil {
		return nil
	}
	for _, err := range before {
		switch err.Type {
		case field.ErrorTypeNotSupported, field.ErrorTypeRequired, field.ErrorTypeTooLong, field.ErrorTypeTooMany, field.ErrorTypeTypeInvalid:
			return field.ErrorList{field.Invalid(nil, nil, "some validation rules were not checked because the object was invalid; "+
				"correct the existing errors to complete validation")}
		}
	}
	// A nil map in an interface is not nil, and transition rules would run on create.
	var oldContent any
	if old != nil {
		oldContent = old.Object
	}
	errs, _ := version.rules.Validate(
		context.Background(), nil, version.structural, object.Object, oldContent, celconfig.RuntimeCELCostBudget, options...)
	return errs
}

func (v verdict) with(errs field.ErrorList) verdict {
	for _, err := range errs {
		found := fault{err.Field, err.ErrorBody()}
		// How a field.Error spells that it is about the whole object.
		if found.Field == "<nil>" {
			found.Field = ""
		}
		v.Errors = append(v.Errors, found)
	}
	return v
}
