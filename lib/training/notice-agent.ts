import { type PoolProfile, type PoolTaint, TaintEffect } from "../contracts";
import { InvalidProps, safeId, whenKnown } from "../core";
import type { KubernetesManifest, KubernetesTarget, PlacedObject } from "../kubernetes";
import { componentLabels, daemonSet, fieldVariable, resources } from "../kubernetes/accelerators/daemon-set";
import { checkLabelName } from "../kubernetes/gang/names";
import { Construct } from "../terraform/cdktf";

/** Condition of a node of which EC2 has announced the end: True, with the kind of notice as its reason. */
export const NOTICE_CONDITION = "InstanceInterruption";
/** Taint of such a node: NoExecute when the instance goes in two minutes, else NoSchedule. Its value is the condition's reason. */
export const NOTICE_TAINT = "aidc/instance-interruption";

/** What runs where. */
export interface NoticeAgentOptions {
  /** Pools on whose nodes it runs, and on no others: EC2 instances, whose metadata service it asks. */
  readonly pools: readonly PoolProfile[];
  /**
   * Training image by digest, `registry/repository@sha256:…`, with the runtime in it, as `EcrImage` and `runtime/Dockerfile` make it. There is
   * no fetched runtime here: on the host's network S3 would be asked with the nodes' role, which may not read the stores, and an agent that
   * must speak in the last two minutes of a node should wait for no store when it starts.
   */
  readonly image: string;
  /** Must let node-critical pods with the host's network be: no Pod Security above `privileged`. @default "kube-system" */
  readonly namespace?: string;
}

export interface NoticeAgentProps extends NoticeAgentOptions {
  /** Where the objects go. */
  readonly target: KubernetesTarget;
}

/**
 * Tells Kubernetes what EC2 says about the end of an instance: spot interruptions, rebalance recommendations and scheduled events become a
 * condition and a taint of the node (`NOTICE_CONDITION`, `NOTICE_TAINT`). With a spot interruption pods are evicted, so that jobs get
 * SIGTERM and save; with the others nodes only get no new pods. Once a cluster. Where Karpenter's interruption queue or another handler of
 * notices cares for a pool already, leave the pool out.
 *
 * It may read and change every node object, as RBAC cannot say "its own": who breaks into it on one node can keep pods off all others.
 */
export class NoticeAgent extends Construct {
  /** @throws InvalidProps as `noticeAgentManifests`; MANIFEST_DUPLICATE for a second one in a target */
  public constructor(scope: Construct, id: string, props: NoticeAgentProps) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    const { target, ...options } = props;
    let after: readonly PlacedObject[] = [];
    // A binding needs its role, and the agent needs both when it starts.
    for (const manifest of noticeAgentManifests(options, this.node.path)) {
      after = [...after, ...target.placeAll(this, [manifest], { after })];
    }
  }
}

/** Name of all its objects, which carry no name of a user's. */
const NAME = "aidc-notice-agent";

/** As `runtime/Dockerfile` sets it; any but 0 will do. */
const USER_ID = 1000;

/**
 * The agent's objects, each after those that it needs: ServiceAccount, ClusterRole, ClusterRoleBinding, DaemonSet.
 * @param at path of the construct, for messages
 * @throws InvalidProps POOL_UNKNOWN without pools, TRAINING_IMAGE_UNPINNED, KUBERNETES_NAME_INVALID
 */
export function noticeAgentManifests(options: NoticeAgentOptions, at: string): readonly KubernetesManifest[] {
  const { pools, image, namespace = "kube-system" } = options;
  if (pools.length === 0) {
    throw new InvalidProps("POOL_UNKNOWN", `${at}.pools`, { got: [], allowed: "one pool or more" });
  }
  whenKnown(image, (known) => {
    if (/^[^\s@]+@sha256:[0-9a-f]{64}$/.test(known)) return;
    const allowed = "registry/repository@sha256:<64 hexadecimal digits>";
    throw new InvalidProps("TRAINING_IMAGE_UNPINNED", `${at}.image`, { got: known, allowed });
  });
  checkLabelName(namespace, `${at}.namespace`);
  return [...permissions(namespace), agent(pools, image, namespace)];
}

function permissions(namespace: string): readonly KubernetesManifest[] {
  const labels = componentLabels(NAME);
  const rbac = "rbac.authorization.k8s.io";
  return [
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: NAME, namespace, labels },
      // Whoever else runs under it gets no token unasked.
      automountServiceAccountToken: false,
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRole",
      metadata: { name: NAME, labels },
      // What runtime/src/aidc_runtime/agent/node.py asks for, and no more.
      rules: [
        { apiGroups: [""], resources: ["nodes"], verbs: ["get", "patch"] },
        { apiGroups: [""], resources: ["nodes/status"], verbs: ["patch"] },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: NAME, labels },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: NAME },
      subjects: [{ kind: "ServiceAccount", name: NAME, namespace }],
    },
  ];
}

/** No probes: it listens to nothing, every request of it has a timeout, and it says in its log what it could not do. */
function agent(pools: readonly PoolProfile[], image: string, namespace: string): KubernetesManifest {
  return daemonSet({
    name: NAME,
    namespace,
    pools: pools.map(tolerant),
    containers: [
      {
        name: "agent",
        image,
        command: ["python3", "-m", "aidc_runtime.agent"],
        env: [fieldVariable("NODE_NAME", "spec.nodeName")],
        // It takes 23 MiB (Python 3.11, 2026-11-25).
        resources: resources("10m", "48Mi", "128Mi"),
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
          privileged: false,
          readOnlyRootFilesystem: true,
          runAsGroup: USER_ID,
          runAsNonRoot: true,
          runAsUser: USER_ID,
        },
      },
    ],
    volumes: [],
    pod: {
      automountServiceAccountToken: true,
      // The metadata service answers one hop away only, and pods are two away.
      hostNetwork: true,
      serviceAccountName: NAME,
      // The API server stores no empty list.
      volumes: undefined,
    },
  });
}

/** The pool with the agent's own taint: an agent that evicts itself could not take a notice back. */
function tolerant(pool: PoolProfile): PoolProfile {
  const own = [TaintEffect.NO_EXECUTE, TaintEffect.NO_SCHEDULE].map((effect): PoolTaint => ({
    key: NOTICE_TAINT,
    effect,
  }));
  return { ...pool, taints: [...pool.taints, ...own] };
}
