import type { ContainerImage } from "../../catalog";
import { type ImageOrigin, PULL_POLICY, tagged } from "./image-values";
import { Operator } from "./operator";

type Values = Readonly<Record<string, unknown>>;
type ImageOf = (repository: string) => Values;

/** Nodes with accelerators are tainted, and a volume is mounted by the driver of the very node. */
const EVERY_NODE: readonly Values[] = [{ operator: "Exists" }];

/** Where a node is full, the driver comes before what waits for its volumes. */
const PRIORITY = "system-node-critical";

/**
 * Values of a storage driver's chart: its images and those of its sidecars from the stage's source, and its daemon on every node. None of
 * them has a webhook, so none needs cert-manager.
 *
 * Sources: `charts/aws-fsx-csi-driver/values.yaml` of kubernetes-sigs/aws-fsx-csi-driver (05bcb519) and `templates/node-daemonset.yaml`;
 * `charts/aws-mountpoint-s3-csi-driver/values.yaml` of awslabs/mountpoint-s3-csi-driver (016097c6, v2.7.0);
 * `charts/secrets-store-csi-driver/values.yaml` of kubernetes-sigs/secrets-store-csi-driver (c7da95a0);
 * `charts/secrets-store-csi-driver-provider-aws/values.yaml` of aws/secrets-store-csi-driver-provider-aws (000b7175).
 * @throws InvalidProps IMAGE_UNREACHABLE
 * @internal
 */
export function csiDriverValues(operator: Operator, origin: ImageOrigin): Values {
  const { images }: { readonly images: readonly ContainerImage[] } = operator.chart;
  const imageOf: ImageOf = (ending) => ({
    ...tagged(
      images.find(({ repository }) => repository.endsWith(`/${ending}`)),
      origin,
    ),
    pullPolicy: PULL_POLICY,
  });
  return VALUES[operator.name]?.(imageOf) ?? {};
}

const VALUES: Readonly<Record<string, (imageOf: ImageOf) => Values>> = {
  [Operator.FSX_CSI.name]: (imageOf) => ({
    image: imageOf("aws-fsx-csi-driver"),
    sidecars: {
      provisioner: { image: imageOf("csi-provisioner") },
      resizer: { image: imageOf("csi-resizer") },
      nodeDriverRegistrar: { image: imageOf("csi-node-driver-registrar") },
      livenessProbe: { image: imageOf("livenessprobe") },
    },
    node: { tolerateAllTaints: true },
  }),
  [Operator.MOUNTPOINT_S3_CSI.name]: (imageOf) => ({
    image: imageOf("aws-mountpoint-s3-csi-driver"),
    sidecars: {
      nodeDriverRegistrar: { image: imageOf("csi-node-driver-registrar") },
      livenessProbe: { image: imageOf("livenessprobe") },
    },
    node: { tolerateAllTaints: true },
    // Only for volumes that version 1 mounted.
    supportLegacySystemDMounts: false,
  }),
  [Operator.SECRETS_STORE_CSI.name]: (imageOf) => ({
    linux: {
      image: imageOf("driver"),
      crds: { image: imageOf("driver-crds") },
      registrarImage: imageOf("csi-node-driver-registrar"),
      livenessProbeImage: imageOf("livenessprobe"),
      tolerations: EVERY_NODE,
      priorityClassName: PRIORITY,
    },
  }),
  // Up to image 2.x the provider asks the API server for the pod's tokens itself; from 3.0 on the driver must be told to (`tokenRequests`).
  // Source: aws/secrets-store-csi-driver-provider-aws pull #561, 2026-01-30.
  [Operator.SECRETS_STORE_AWS.name]: (imageOf) => ({
    image: imageOf("secrets-store-csi-driver-provider-aws"),
    tolerations: EVERY_NODE,
    priorityClassName: PRIORITY,
    // The driver comes from its own chart.
    "secrets-store-csi-driver": { install: false },
  }),
};
