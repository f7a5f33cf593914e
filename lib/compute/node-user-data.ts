import { NodeBootstrap } from "./node-image";

/** What a node is told at first boot, beside what EKS tells it. */
export interface NodeSettings {
  readonly bootstrap: NodeBootstrap;
  /** Stripe all local NVMe into one volume for images, pods and logs. */
  readonly stripeLocalDisks: boolean;
  /** Most pods of the node. @default - what the image computes */
  readonly maxPods?: number;
}

/**
 * User data of a node in a managed node group, base64-encoded as EC2 wants it; undefined where there is nothing to say.
 *
 * EKS merges its own part (cluster name, endpoint) behind ours, and on keys that both set the last part wins; so the pod limit
 * goes to the kubelet as a flag, which EKS' part leaves alone.
 */
export function nodeUserData(settings: NodeSettings): string | undefined {
  const text = settings.bootstrap === NodeBootstrap.NODEADM ? nodeadmPart(settings) : bottlerocketToml(settings);
  return text === undefined ? undefined : Buffer.from(text, "utf8").toString("base64");
}

/** Source: awslabs/amazon-eks-ami `nodeadm/doc/api.md` and `examples.md`, 2026-07. */
function nodeadmPart({ stripeLocalDisks, maxPods }: NodeSettings): string | undefined {
  const spec = [
    ...(stripeLocalDisks ? ["  instance:", "    localStorage:", "      strategy: RAID0"] : []),
    ...(maxPods === undefined ? [] : ["  kubelet:", "    flags:", `      - --max-pods=${maxPods}`]),
  ];
  if (spec.length === 0) return undefined;
  return [
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="AIDC"',
    "",
    "--AIDC",
    "Content-Type: application/node.eks.aws",
    "",
    "---",
    "apiVersion: node.eks.aws/v1alpha1",
    "kind: NodeConfig",
    "spec:",
    ...spec,
    "",
    "--AIDC--",
    "",
  ].join("\n");
}

/** Source: bottlerocket.dev, settings `kubernetes.max-pods` and `bootstrap-commands`, as Karpenter writes them, 2026. */
function bottlerocketToml({ stripeLocalDisks, maxPods }: NodeSettings): string | undefined {
  const bind =
    '["apiclient", "ephemeral-storage", "bind", "--dirs", "/var/lib/containerd", "/var/lib/kubelet", "/var/log/pods"]';
  const lines = [
    ...(maxPods === undefined ? [] : ["[settings.kubernetes]", `max-pods = ${maxPods}`, ""]),
    ...(stripeLocalDisks
      ? [
          "[settings.bootstrap-commands.k8s-ephemeral-storage]",
          `commands = [["apiclient", "ephemeral-storage", "init"], ${bind}]`,
          "essential = true",
          'mode = "always"',
          "",
        ]
      : []),
  ];
  return lines.length === 0 ? undefined : lines.join("\n");
}
