package main

import (
	"fmt"
	"sort"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

type podSpec struct {
	path     string
	metadata metav1.ObjectMeta
	spec     map[string]any
}

// Every pod specification within an object, whatever the kind: JobSets, LeaderWorkerSets and their like hold several, at paths of their own.
func podsIn(object map[string]any) []podSpec {
	// Its schema speaks of containers without holding any.
	if object["kind"] == "CustomResourceDefinition" {
		return nil
	}
	return podsBelow(object, "")
}

func podsBelow(node any, path string) []podSpec {
	found := []podSpec{}
	switch value := node.(type) {
	case []any:
		for index, member := range value {
			found = append(found, podsBelow(member, fmt.Sprintf("%s[%d]", path, index))...)
		}
	case map[string]any:
		if spec, holds := value["spec"].(map[string]any); holds && hasContainers(spec) {
			return append(found, podSpec{path: joined(path, "spec"), metadata: metadataOf(value), spec: spec})
		}
		for _, key := range sortedKeys(value) {
			found = append(found, podsBelow(value[key], joined(path, key))...)
		}
	}
	return found
}

func hasContainers(spec map[string]any) bool {
	containers, isList := spec["containers"].([]any)
	if !isList || len(containers) == 0 {
		return false
	}
	first, isObject := containers[0].(map[string]any)
	return isObject && first["name"] != nil
}

func sortedKeys(value map[string]any) []string {
	keys := make([]string, 0, len(value))
	for key := range value {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

func joined(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
