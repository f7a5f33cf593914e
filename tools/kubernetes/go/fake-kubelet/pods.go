package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

const (
	// endsAs is the annotation by which a pod asks to end: "Succeeded" or "Failed".
	endsAs = "aidc.test/ends-as"
	// endsAfter is how long it runs before, such as "3s". Default: at once.
	endsAfter = "aidc.test/ends-after"
)

func (k *kubelet) syncPod(ctx context.Context, namespace, name string) (time.Duration, error) {
	pod, err := k.informers.Core().V1().Pods().Lister().Pods(namespace).Get(name)
	if err != nil {
		return 0, ignoreGone(err)
	}
	if pod.Spec.NodeName == "" {
		return 0, nil
	}
	if pod.DeletionTimestamp != nil {
		now := metav1.DeleteOptions{GracePeriodSeconds: ptr.To[int64](0), Preconditions: metav1.NewUIDPreconditions(string(pod.UID))}
		return 0, ignoreConflict(ignoreGone(k.client.CoreV1().Pods(namespace).Delete(ctx, name, now)))
	}
	changed := pod.DeepCopy()
	wait := advance(changed, time.Now())
	if wait > 0 || changed.Status.Phase == pod.Status.Phase {
		return wait, nil
	}
	_, err = k.client.CoreV1().Pods(namespace).UpdateStatus(ctx, changed, metav1.UpdateOptions{})
	return 0, ignoreConflict(ignoreGone(err))
}

// advance takes the pod one phase further in place, or says how long it still has to wait for that.
func advance(pod *corev1.Pod, now time.Time) time.Duration {
	switch pod.Status.Phase {
	case corev1.PodPending:
		start(pod, metav1.NewTime(now))
	case corev1.PodRunning:
		phase := corev1.PodPhase(pod.Annotations[endsAs])
		if phase != corev1.PodSucceeded && phase != corev1.PodFailed {
			return 0
		}
		after, err := time.ParseDuration(pod.Annotations[endsAfter])
		if err == nil && pod.Status.StartTime != nil {
			if left := pod.Status.StartTime.Add(after).Sub(now); left > 0 {
				return left
			}
		}
		end(pod, phase, metav1.NewTime(now))
	}
	return 0
}

func start(pod *corev1.Pod, now metav1.Time) {
	status := &pod.Status
	status.Phase = corev1.PodRunning
	status.StartTime = &now
	status.PodIP = address(pod)
	status.PodIPs = []corev1.PodIP{{IP: status.PodIP}}
	status.InitContainerStatuses = nil
	status.ContainerStatuses = nil
	for _, container := range pod.Spec.InitContainers {
		isSidecar := container.RestartPolicy != nil && *container.RestartPolicy == corev1.ContainerRestartPolicyAlways
		state := corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "Completed", StartedAt: now, FinishedAt: now}}
		if isSidecar {
			state = running(now)
		}
		status.InitContainerStatuses = append(status.InitContainerStatuses, describe(container, state, true))
	}
	for _, container := range pod.Spec.Containers {
		status.ContainerStatuses = append(status.ContainerStatuses, describe(container, running(now), true))
	}
	setConditions(pod, corev1.ConditionTrue, "", now)
}

func end(pod *corev1.Pod, phase corev1.PodPhase, now metav1.Time) {
	code, reason := int32(0), "Completed"
	if phase == corev1.PodFailed {
		code, reason = 1, "Error"
	}
	pod.Status.Phase = phase
	for i := range pod.Status.ContainerStatuses {
		status := &pod.Status.ContainerStatuses[i]
		status.Ready, status.Started = false, ptr.To(false)
		status.State = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
			ExitCode: code, Reason: reason, StartedAt: *pod.Status.StartTime, FinishedAt: now,
		}}
	}
	setConditions(pod, corev1.ConditionFalse, "PodCompleted", now)
}

func running(now metav1.Time) corev1.ContainerState {
	return corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}}
}

func describe(container corev1.Container, state corev1.ContainerState, ready bool) corev1.ContainerStatus {
	return corev1.ContainerStatus{
		Name: container.Name, Image: container.Image, ImageID: container.Image, ContainerID: "fake://" + container.Name,
		State: state, Ready: ready, Started: ptr.To(state.Running != nil),
	}
}

func setConditions(pod *corev1.Pod, ready corev1.ConditionStatus, reason string, now metav1.Time) {
	wanted := map[corev1.PodConditionType]corev1.ConditionStatus{
		corev1.PodInitialized: corev1.ConditionTrue, corev1.ContainersReady: ready, corev1.PodReady: ready,
	}
	kept := []corev1.PodCondition{}
	for _, condition := range pod.Status.Conditions {
		if _, is := wanted[condition.Type]; !is {
			kept = append(kept, condition)
		}
	}
	for _, kind := range []corev1.PodConditionType{corev1.PodInitialized, corev1.PodReady, corev1.ContainersReady} {
		kept = append(kept, corev1.PodCondition{Type: kind, Status: wanted[kind], Reason: reason, LastTransitionTime: now})
	}
	pod.Status.Conditions = kept
}

// address is one of 10.0.0.0/8, the same for the same pod. Nothing listens there.
func address(pod *corev1.Pod) string {
	hash := fnv.New32a()
	hash.Write([]byte(pod.UID))
	sum := hash.Sum32()
	return fmt.Sprintf("10.%d.%d.%d", byte(sum>>16), byte(sum>>8), byte(sum))
}
