import type { NodeClassInterface } from "../fabric/node-class-interfaces";
import { NodeBootstrap } from "../node-image";
import { Placement } from "../pool-options";
import type { KarpenterPoolIds, ManifestMetadata } from "./manifests";
import type { ResolvedElasticNodePool } from "./resolve-elastic";

/** An EC2NodeClass, as far as it is written here. Source: CRD `karpenter.k8s.aws_ec2nodeclasses.yaml` v1.14.1. */
export interface NodeClassManifest {
  readonly apiVersion: "karpenter.k8s.aws/v1";
  readonly kind: "EC2NodeClass";
  readonly metadata: ManifestMetadata;
  readonly spec: NodeClassSpec;
}

export interface NodeClassSpec {
  readonly amiSelectorTerms: readonly { readonly alias: string }[];
  readonly instanceProfile: string;
  readonly subnetSelectorTerms: readonly { readonly id: string }[];
  readonly securityGroupSelectorTerms: readonly { readonly id: string }[];
  readonly networkInterfaces: readonly NodeClassInterface[];
  readonly placementGroupSelector?: { readonly name: string };
  readonly capacityReservationSelectorTerms?: readonly { readonly id: string }[];
  readonly metadataOptions: Readonly<Record<string, string | number>>;
  readonly blockDeviceMappings: readonly NodeClassVolume[];
  readonly instanceStorePolicy?: "RAID0";
  readonly kubelet: { readonly maxPods: number };
  readonly detailedMonitoring: boolean;
  readonly associatePublicIPAddress: boolean;
  readonly tags: Readonly<Record<string, string>>;
  /** Fields that this release does not write, for `customize`. */
  readonly [more: string]: unknown;
}

export interface NodeClassVolume {
  readonly deviceName: string;
  readonly ebs: {
    readonly volumeSize: string;
    readonly volumeType: "gp3";
    readonly encrypted: true;
    readonly kmsKeyID: string;
    readonly deleteOnTermination: true;
  };
}

/** IMDSv2 only and one hop, so that pods use their own identities, never the node's; no IPv6. Karpenter's defaults, written down. */
const METADATA_OPTIONS = {
  httpEndpoint: "enabled",
  httpProtocolIPv6: "disabled",
  httpPutResponseHopLimit: 1,
  httpTokens: "required",
} as const;

/** Bottlerocket's system volume. Source: aws/karpenter-provider-aws v1.14.1 `pkg/providers/amifamily/bottlerocket.go`. */
const BOTTLEROCKET_SYSTEM = "4Gi";

/**
 * The node class of a pool. Its interfaces are always written, even a single one: else a pod that asks for EFA would make Karpenter
 * attach interfaces that each take an address (`pkg/providers/launchtemplate/launchtemplate.go` v1.14.1, generateNetworkInterfaces).
 * All groups stand on all interfaces, as Karpenter knows no other way.
 */
export function nodeClassManifest(
  pool: ResolvedElasticNodePool,
  ids: KarpenterPoolIds,
  metadata: ManifestMetadata,
): NodeClassManifest {
  const { capacity, placement } = pool;
  const group = placement === Placement.CLUSTER ? ids.placementGroupName : capacity.placementGroupName;
  const reservation = capacity.reservationTarget?.reservationId;
  return {
    apiVersion: "karpenter.k8s.aws/v1",
    kind: "EC2NodeClass",
    metadata,
    spec: {
      amiSelectorTerms: [{ alias: pool.imageAlias }],
      instanceProfile: ids.instanceProfileName,
      subnetSelectorTerms: ids.subnets
        .filter(({ zone }) => pool.profile.zones.includes(zone))
        .map(({ subnetId }) => ({ id: subnetId })),
      securityGroupSelectorTerms: [{ id: ids.clusterSecurityGroupId }, { id: ids.securityGroupId }],
      networkInterfaces: pool.interfaces,
      ...(group !== undefined && { placementGroupSelector: { name: group } }),
      ...(reservation !== undefined && { capacityReservationSelectorTerms: [{ id: reservation }] }),
      metadataOptions: METADATA_OPTIONS,
      blockDeviceMappings: volumes(pool, ids.keyArn),
      // Without it Karpenter counts the root volume alone, and pods that need the disks stay pending for ever.
      ...(pool.stripeLocalDisks && { instanceStorePolicy: "RAID0" as const }),
      kubelet: { maxPods: pool.profile.maxPodsPerNode },
      detailedMonitoring: true,
      associatePublicIPAddress: false,
      tags: ids.tags,
    },
  };
}

function volumes({ image, rootVolumeGiB }: ResolvedElasticNodePool, kmsKeyID: string): NodeClassVolume[] {
  const volume = (deviceName: string, volumeSize: string): NodeClassVolume => ({
    deviceName,
    ebs: { volumeSize, volumeType: "gp3", encrypted: true, kmsKeyID, deleteOnTermination: true },
  });
  const size = `${rootVolumeGiB}Gi`;
  if (image.bootstrap === NodeBootstrap.NODEADM) return [volume("/dev/xvda", size)];
  return [volume("/dev/xvda", BOTTLEROCKET_SYSTEM), volume("/dev/xvdb", size)];
}
