package main

import (
	"context"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

const leaseSeconds = 40

// What a kubelet reports of a healthy node, beside Ready.
var pressures = []corev1.NodeConditionType{corev1.NodeMemoryPressure, corev1.NodeDiskPressure, corev1.NodePIDPressure}

// syncNode makes a node Ready once, and then renews its lease: that is all that the node controller watches of a heartbeat.
func (k *kubelet) syncNode(ctx context.Context, name string) (time.Duration, error) {
	node, err := k.informers.Core().V1().Nodes().Lister().Get(name)
	if err != nil {
		return 0, ignoreGone(err)
	}
	if node.DeletionTimestamp == nil && !isReady(node) {
		changed := node.DeepCopy()
		setReady(changed)
		if _, err := k.client.CoreV1().Nodes().UpdateStatus(ctx, changed, metav1.UpdateOptions{}); err != nil {
			return 0, ignoreConflict(ignoreGone(err))
		}
	}
	return k.renew(ctx, node)
}

func isReady(node *corev1.Node) bool {
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady {
			return condition.Status == corev1.ConditionTrue
		}
	}
	return false
}

func setReady(node *corev1.Node) {
	now := metav1.Now()
	condition := func(kind corev1.NodeConditionType, status corev1.ConditionStatus, reason string) corev1.NodeCondition {
		return corev1.NodeCondition{
			Type: kind, Status: status, Reason: reason, LastHeartbeatTime: now, LastTransitionTime: now,
		}
	}
	kept := []corev1.NodeCondition{condition(corev1.NodeReady, corev1.ConditionTrue, "FakeKubelet")}
	for _, kind := range pressures {
		kept = append(kept, condition(kind, corev1.ConditionFalse, "FakeKubelet"))
	}
	for _, old := range node.Status.Conditions {
		if !has(kept, old.Type) {
			kept = append(kept, old)
		}
	}
	node.Status.Conditions = kept
	node.Status.Phase = corev1.NodeRunning
	if len(node.Status.Addresses) == 0 {
		node.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeHostName, Address: node.Name}}
	}
}

func has(conditions []corev1.NodeCondition, kind corev1.NodeConditionType) bool {
	for _, condition := range conditions {
		if condition.Type == kind {
			return true
		}
	}
	return false
}

// renew is asked for by every change of the node too, so it first looks whether it is time.
func (k *kubelet) renew(ctx context.Context, node *corev1.Node) (time.Duration, error) {
	leases := k.client.CoordinationV1().Leases(corev1.NamespaceNodeLease)
	found, err := leases.Get(ctx, node.Name, metav1.GetOptions{})
	now := metav1.NowMicro()
	if apierrors.IsNotFound(err) {
		owner := metav1.OwnerReference{APIVersion: "v1", Kind: "Node", Name: node.Name, UID: node.UID}
		_, err = leases.Create(ctx, &coordinationv1.Lease{
			ObjectMeta: metav1.ObjectMeta{Name: node.Name, OwnerReferences: []metav1.OwnerReference{owner}},
			Spec: coordinationv1.LeaseSpec{
				HolderIdentity: &node.Name, RenewTime: &now, LeaseDurationSeconds: ptr.To[int32](leaseSeconds),
			},
		}, metav1.CreateOptions{})
		return k.heartbeat, err
	}
	if err != nil {
		return 0, err
	}
	if age := now.Sub(found.Spec.RenewTime.Time); age < k.heartbeat {
		return k.heartbeat - age, nil
	}
	found.Spec.RenewTime = &now
	_, err = leases.Update(ctx, found, metav1.UpdateOptions{})
	return k.heartbeat, ignoreConflict(ignoreGone(err))
}

func ignoreGone(err error) error {
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// ignoreConflict: somebody else changed the object, and the watch brings it again.
func ignoreConflict(err error) error {
	if apierrors.IsConflict(err) {
		return nil
	}
	return err
}
