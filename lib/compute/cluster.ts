import type { EksAddonName } from "../catalog";
import type { ClusterReference } from "../contracts";
import { protectedLifecycle, safeId } from "../core";
import type { INetwork } from "../network";
import { type IEncryptionKey, KeyServiceGrant } from "../security";
import { Construct, Fn, type ITerraformDependable } from "../terraform/cdktf";
import { CloudwatchLogGroup, EksCluster, IamOpenidConnectProvider } from "../terraform/aws";
import { Administrators, ApiSecurityGroup } from "./cluster-access";
import { BootstrapAddons, type ClusterAddonsProps, WorkloadAddons } from "./cluster-addons";
import type { ICluster } from "./cluster-interface";
import type { ClusterProps } from "./cluster-props";
import { ClusterRoles } from "./cluster-roles";
import { type ResolvedCluster, resolveCluster } from "./resolve-cluster";
import { SystemNodePool } from "./system-node-pool";

/** What is known of a cluster made elsewhere. */
export interface ClusterAttributes extends ClusterReference {
  readonly kubernetesVersion: string;
  readonly network: INetwork;
  readonly encryptionKey: IEncryptionKey;
  readonly clusterSecurityGroupId: string;
  readonly nodeRoleArn: string;
  /** @default - not known: what depends on them is not checked */
  readonly addonVersions?: Readonly<Partial<Record<EksAddonName, string>>>;
}

/**
 * An EKS cluster for accelerators: API access by named sources only, administrators by access entries, secrets and logs under the
 * given key, pinned add-ons in two groups (network and identities before nodes, the rest after), and a system pool that is
 * always there. Protected against destruction.
 */
export class Cluster extends Construct implements ICluster {
  /** A cluster made elsewhere, to which pools are added. */
  public static fromAttributes(scope: Construct, id: string, attributes: ClusterAttributes): ICluster {
    return new ImportedCluster(scope, id, attributes);
  }

  public readonly clusterName: string;
  public readonly clusterArn: string;
  public readonly kubernetesVersion: string;
  public readonly addonVersions: Readonly<Partial<Record<EksAddonName, string>>>;
  public readonly network: INetwork;
  public readonly encryptionKey: IEncryptionKey;
  /** Address of the Kubernetes API. */
  public readonly endpoint: string;
  /** Certificate authority of the API, base64-encoded PEM. */
  public readonly caData: string;
  public readonly oidcIssuer: string;
  public readonly clusterSecurityGroupId: string;
  public readonly nodeRoleArn: string;
  public readonly beforeNodes: readonly ITerraformDependable[];
  private readonly api: ApiSecurityGroup;
  private irsaProvider?: string;

  /** @throws InvalidProps as `resolveCluster`; KEY_GRANT_MISSING for an imported key that Logs or Auto Scaling may not use */
  public constructor(scope: Construct, id: string, props: ClusterProps) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    const plan = resolveCluster(props, this.node.path);
    for (const grant of [KeyServiceGrant.LOGS, KeyServiceGrant.AUTO_SCALING]) {
      props.encryptionKey.allowService(grant, this.node.path);
    }
    const { encryptionKey, permissionsBoundaryArn, nodeShell = false } = props;
    const owner = { clusterName: plan.name, encryptionKey, permissionsBoundaryArn, nodeShell };
    const roles = new ClusterRoles(this, "Roles", owner);
    this.api = new ApiSecurityGroup(this, "Api", props.network, props.apiAccess);
    const cluster = this.addCluster(props, plan, roles);
    this.clusterName = cluster.name;
    this.clusterArn = cluster.arn;
    this.kubernetesVersion = plan.kubernetesVersion;
    this.addonVersions = plan.addonVersions;
    this.network = props.network;
    this.encryptionKey = props.encryptionKey;
    this.endpoint = cluster.endpoint;
    this.caData = cluster.certificateAuthority.get(0).data;
    this.oidcIssuer = cluster.identity.get(0).oidc.get(0).issuer;
    this.clusterSecurityGroupId = cluster.vpcConfig.clusterSecurityGroupId;
    this.nodeRoleArn = roles.nodeRoleArn;
    new Administrators(this, "Administrators", cluster, plan.administrators);
    const addons: ClusterAddonsProps = {
      cluster: { clusterName: this.clusterName, clusterArn: this.clusterArn },
      versions: plan.addonVersions,
      configuration: props.addonConfiguration,
      encryptionKey: props.encryptionKey,
      permissionsBoundaryArn: props.permissionsBoundaryArn,
    };
    const bootstrap = new BootstrapAddons(this, "BootstrapAddons", addons);
    this.beforeNodes = [...bootstrap.all, ...roles.nodePolicies];
    const systemPool = this.addSystemPool(plan);
    new WorkloadAddons(this, "WorkloadAddons", addons, systemPool.nodeGroup);
    props.customize?.(cluster);
  }

  /** Lets the members of a security group reach the Kubernetes API. @param id constant word, unique in the cluster */
  public allowApiFrom(id: string, securityGroupId: string): void {
    this.api.open(safeId(id, this.node.path), { referencedSecurityGroupId: securityGroupId });
  }

  /**
   * ARN of the cluster's OpenID Connect provider, made when first asked for: only workloads that cannot use EKS Pod Identity
   * need it.
   */
  public enableIrsa(): string {
    this.irsaProvider ??= new IamOpenidConnectProvider(this, "OidcProvider", {
      url: this.oidcIssuer,
      clientIdList: ["sts.amazonaws.com"],
    }).arn;
    return this.irsaProvider;
  }

  public get oidcProviderArn(): string | undefined {
    return this.irsaProvider;
  }

  /** The API's host name, for tunnels. */
  public get apiHost(): string {
    return Fn.replace(this.endpoint, "https://", "");
  }

  private addCluster(props: ClusterProps, plan: ResolvedCluster, roles: ClusterRoles): EksCluster {
    // EKS would make this group itself, without a key and for ever.
    const logs = new CloudwatchLogGroup(this, "LogGroup", {
      name: `/aws/eks/${plan.name}/cluster`,
      retentionInDays: plan.logRetentionDays,
      kmsKeyId: props.encryptionKey.keyArn,
      lifecycle: protectedLifecycle(this),
    });
    return new EksCluster(this, "Resource", {
      name: plan.name,
      version: plan.kubernetesVersion,
      roleArn: roles.clusterRoleArn,
      bootstrapSelfManagedAddons: false,
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
      encryptionConfig: { resources: ["secrets"], provider: { keyArn: props.encryptionKey.keyArn } },
      enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
      // Extended support costs six times as much and starts by itself unless refused here.
      upgradePolicy: { supportType: "STANDARD" },
      vpcConfig: {
        subnetIds: props.network.privateSubnets
          .filter(({ zone }) => plan.controlPlaneZones.includes(zone))
          .map(({ subnetId }) => subnetId),
        securityGroupIds: [this.api.securityGroupId],
        endpointPrivateAccess: true,
        endpointPublicAccess: props.apiAccess.isPublic,
        publicAccessCidrs: props.apiAccess.isPublic ? [...props.apiAccess.cidrs] : undefined,
      },
      lifecycle: protectedLifecycle(this),
      dependsOn: [logs, ...roles.clusterPolicies],
    });
  }

  private addSystemPool(plan: ResolvedCluster): SystemNodePool {
    return new SystemNodePool(this, "SystemPool", {
      clusterName: this.clusterName,
      version: plan.kubernetesVersion,
      nodeRoleArn: this.nodeRoleArn,
      keyArn: this.encryptionKey.keyArn,
      subnetIds: this.network.privateSubnets.map(({ subnetId }) => subnetId),
      options: plan.systemPool,
      after: this.beforeNodes,
    });
  }
}

class ImportedCluster extends Construct implements ICluster {
  public readonly clusterName: string;
  public readonly clusterArn: string;
  public readonly kubernetesVersion: string;
  public readonly addonVersions: Readonly<Partial<Record<EksAddonName, string>>>;
  public readonly network: INetwork;
  public readonly encryptionKey: IEncryptionKey;
  public readonly clusterSecurityGroupId: string;
  public readonly nodeRoleArn: string;
  public readonly oidcIssuer?: string;
  public readonly oidcProviderArn?: string;
  public readonly beforeNodes: readonly ITerraformDependable[] = [];

  public constructor(scope: Construct, id: string, attributes: ClusterAttributes) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    this.clusterName = attributes.clusterName;
    this.clusterArn = attributes.clusterArn;
    this.kubernetesVersion = attributes.kubernetesVersion;
    this.addonVersions = attributes.addonVersions ?? {};
    this.network = attributes.network;
    this.encryptionKey = attributes.encryptionKey;
    this.clusterSecurityGroupId = attributes.clusterSecurityGroupId;
    this.nodeRoleArn = attributes.nodeRoleArn;
    this.oidcIssuer = attributes.oidcIssuer;
    this.oidcProviderArn = attributes.oidcProviderArn;
  }
}
