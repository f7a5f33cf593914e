import { safeId } from "../../core";
import { Construct } from "../../terraform/cdktf";
import type { KubernetesTarget } from "../target/kubernetes-target";
import type { PlacedObject } from "../target/renderer";
import { type TenantOptions, tenantManifests } from "./resolve-tenant";
import { teamNamespace } from "./team";

export interface TenantProps extends TenantOptions {
  /** Where the objects go. */
  readonly target: KubernetesTarget;
}

/**
 * A team's place in the cluster: a namespace that admits only "restricted" pods, that nothing enters or leaves unless asked for, with limits,
 * defaults, service accounts and access for the team's people.
 *
 * "restricted" allows no added capability but NET_BIND_SERVICE, so no IPC_LOCK: memory for RDMA is pinned within the limit that containers
 * inherit from the runtime. Bottlerocket raises it where EFA is attached (bottlerocket-core-kit #141, 2024-09); for EKS images of Amazon Linux
 * their base runtime spec sets none (awslabs/amazon-eks-ami `nodeadm/internal/containerd/base-runtime-spec.json`), so it is that of
 * containerd's service: not verified here.
 */
export class Tenant extends Construct {
  public readonly namespace: string;
  /** All objects, for `after` of what needs the namespace. */
  public readonly placed: readonly PlacedObject[];

  /**
   * @throws InvalidProps KUBERNETES_NAME_INVALID, TENANT_GROUP_INVALID, TENANT_IDENTITY_INVALID, TENANT_EGRESS_INVALID, CIDR_INVALID,
   * QUOTA_INVALID, MANIFEST_DUPLICATE
   */
  public constructor(scope: Construct, id: string, props: TenantProps) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    const { target, name, namespace = teamNamespace(name) } = props;
    this.namespace = namespace;
    const manifests = tenantManifests(props, target.connection.kubernetesVersion, this.node.path);
    this.placed = target.placeAll(this, manifests);
  }
}
