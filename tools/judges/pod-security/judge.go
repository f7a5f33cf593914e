package main

import (
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// Verdict is what Pod Security says of a namespace, or of one pod specification within an object.
type Verdict struct {
	// Place in the list that was given.
	Index int `json:"index"`
	// Path of the pod specification within the object; empty for a namespace.
	Path string `json:"path"`
	// Level that was asked for.
	Level  string  `json:"level"`
	Faults []Fault `json:"faults"`
}

// Fault is one reason to refuse.
type Fault struct {
	// In the words of the API server, such as "hostPath volumes".
	Reason string `json:"reason"`
	Detail string `json:"detail"`
}

// The bar for namespaces that are not among the objects, or state no level.
const defaultLevel = api.LevelRestricted

type judge struct {
	evaluator policy.Evaluator
	// By namespace.
	levels map[string]api.LevelVersion
}

func newJudge(objects []map[string]any) (*judge, error) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return nil, err
	}
	levels := map[string]api.LevelVersion{}
	for _, object := range objects {
		if isNamespace(object) {
			meta := metadataOf(object)
			levels[meta.Name], _ = levelOf(meta.Labels)
		}
	}
	return &judge{evaluator: evaluator, levels: levels}, nil
}

func (j *judge) verdicts(index int, object map[string]any) []Verdict {
	if isNamespace(object) {
		return []Verdict{{Index: index, Level: string(defaultLevel), Faults: namespaceFaults(metadataOf(object).Labels)}}
	}
	level, known := j.levels[metadataOf(object).Namespace]
	if !known {
		level = api.LevelVersion{Level: defaultLevel, Version: api.LatestVersion()}
	}
	verdicts := []Verdict{}
	for _, pod := range podsIn(object) {
		verdicts = append(verdicts, Verdict{Index: index, Path: pod.path, Level: string(level.Level), Faults: j.faults(level, pod)})
	}
	return verdicts
}

func (j *judge) faults(level api.LevelVersion, pod podSpec) []Fault {
	var spec corev1.PodSpec
	if err := convert(pod.spec, &spec); err != nil {
		return []Fault{{Reason: "unreadable", Detail: err.Error()}}
	}
	faults := []Fault{}
	for _, result := range j.evaluator.EvaluatePod(level, &pod.metadata, &spec) {
		if !result.Allowed {
			faults = append(faults, Fault{Reason: result.ForbiddenReason, Detail: result.ForbiddenDetail})
		}
	}
	return faults
}

// A namespace that lets in more than restricted is a decision that somebody writes down.
func namespaceFaults(labels map[string]string) []Fault {
	faults := []Fault{}
	level, err := levelOf(labels)
	if err != nil {
		faults = append(faults, Fault{Reason: "invalid label", Detail: err.Error()})
	}
	if stated, isStated := labels[api.EnforceLevelLabel]; !isStated {
		faults = append(faults, Fault{Reason: "no level", Detail: "no label " + api.EnforceLevelLabel})
	} else if level.Level != defaultLevel {
		faults = append(faults, Fault{Reason: "level", Detail: fmt.Sprintf("it enforces %s", stated)})
	}
	return faults
}

// What the namespace enforces; what states nothing is held to the default, since that is what it should state.
func levelOf(labels map[string]string) (api.LevelVersion, error) {
	defaults := api.Policy{Enforce: api.LevelVersion{Level: defaultLevel, Version: api.LatestVersion()}}
	found, errs := api.PolicyToEvaluate(labels, defaults)
	return found.Enforce, errs.ToAggregate()
}

func isNamespace(object map[string]any) bool {
	return object["kind"] == "Namespace" && object["apiVersion"] == "v1"
}

func metadataOf(object map[string]any) metav1.ObjectMeta {
	var meta metav1.ObjectMeta
	// What cannot be read has no name and no namespace, and is held to the default.
	_ = convert(object["metadata"], &meta)
	return meta
}

func convert(from any, to any) error {
	bytes, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(bytes, to)
}
