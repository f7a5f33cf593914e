package main

import (
	"errors"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
)

// servedVersion is what a server holds of one version of a CRD. It is put together as in crdHandler.getOrCreateServingInfoFor of
// k8s.io/apiextensions-apiserver; that function itself, and the strategy it fills, would bring in the storage layer with etcd
// and gRPC: 1062 packages to compile instead of 470.
type servedVersion struct {
	namespaced bool
	// preserveUnknown turns pruning off, for CRDs of before 2020.
	preserveUnknown bool
	hasStatus       bool
	scale           *apiextensionsv1.CustomResourceSubresourceScale
	structural      *schema.Structural
	openAPI         validation.SchemaValidator
	// rules is nil for a schema without x-kubernetes-validations.
	rules *cel.Validator
}

func compileVersion(
	crd *apiextensionsv1.CustomResourceDefinition,
	version apiextensionsv1.CustomResourceDefinitionVersion,
) (*servedVersion, error) {
	if version.Schema == nil || version.Schema.OpenAPIV3Schema == nil {
		return nil, errors.New("no schema")
	}
	internal := &apiextensions.CustomResourceValidation{}
	if err := apiextensionsv1.Convert_v1_CustomResourceValidation_To_apiextensions_CustomResourceValidation(
		version.Schema, internal, nil); err != nil {
		return nil, err
	}
	structural, err := schema.NewStructural(internal.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	// Pruning the defaults writes into them, and they still belong to the CRD.
	structural = structural.DeepCopy()
	if err := defaulting.PruneDefaults(structural); err != nil {
		return nil, err
	}
	openAPI, _, err := validation.NewSchemaValidator(internal.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	served := &servedVersion{
		namespaced:      crd.Spec.Scope == apiextensionsv1.NamespaceScoped,
		preserveUnknown: crd.Spec.PreserveUnknownFields,
		structural:      structural,
		openAPI:         openAPI,
		rules:           cel.NewValidator(structural, true, celconfig.PerCallLimit),
	}
	if version.Subresources != nil {
		served.hasStatus = version.Subresources.Status != nil
		served.scale = version.Subresources.Scale
	}
	return served, nil
}
