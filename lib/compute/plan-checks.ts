import type { VcpuQuota } from "../catalog";
import { idFrom } from "../core";
import { Construct, type IConstruct, Lazy, Op, type Precondition, TerraformStack, Token } from "../terraform/cdktf";
import { DataAwsEc2InstanceTypeOfferings, DataAwsServicequotasServiceQuota } from "../terraform/aws";
import { launchQuota } from "./pool-facts";
import type { ResolvedPool } from "./resolved-pool";

const ID = "PlanChecks";

/**
 * What a plan asks AWS about the pools of a stack, so that it fails in a minute what an apply would fail in forty: whether the types
 * are offered in the zones, and whether the vCPU quotas cover all pools at their most. Each question is asked once for a stack.
 * @internal
 */
export class PlanChecks extends Construct {
  /** The checks of the stack that a construct stands in. */
  public static of(scope: IConstruct): PlanChecks {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild(ID) as PlanChecks | undefined) ?? new PlanChecks(stack, ID);
  }

  private readonly offerings = new Map<string, DataAwsEc2InstanceTypeOfferings>();
  private readonly quotas = new Map<string, QuotaNeed>();

  /** Adds a pool. @returns what must hold before its nodes are planned */
  public add(pool: ResolvedPool): Precondition[] {
    const quota = launchQuota(pool);
    return [this.offered(pool), ...(quota === undefined ? [] : [this.covered(quota, pool)])];
  }

  private offered({ spec: { instanceType }, profile: { zones } }: ResolvedPool): Precondition {
    const known = this.offerings.get(instanceType);
    const offerings =
      known ??
      new DataAwsEc2InstanceTypeOfferings(this, idFrom("Offered", instanceType), {
        locationType: "availability-zone",
        filter: [{ name: "instance-type", values: [instanceType] }],
      });
    this.offerings.set(instanceType, offerings);
    const wanted = JSON.stringify(zones);
    return {
      condition: `\${length(setsubtract(${wanted}, ${offerings.fqn}.locations)) == 0}`,
      errorMessage: `${instanceType} is not offered in all of ${zones.join(", ")}, but in: \${join(", ", sort(${offerings.fqn}.locations))}. Choose one of these zones, or set planChecks: false.`,
    };
  }

  private covered(quota: VcpuQuota, { spec, maxNodes }: ResolvedPool): Precondition {
    const need = this.quotas.get(quota.code) ?? new QuotaNeed(this, idFrom("Quota", quota.code), quota);
    this.quotas.set(quota.code, need);
    return need.add(spec.vcpus * maxNodes);
  }
}

/** One quota, and what all pools of the stack need of it. */
class QuotaNeed extends Construct {
  private readonly data: DataAwsServicequotasServiceQuota;
  private vcpus = 0;

  public constructor(
    scope: Construct,
    id: string,
    private readonly quota: VcpuQuota,
  ) {
    super(scope, id);
    this.data = new DataAwsServicequotasServiceQuota(this, "Value", { serviceCode: "ec2", quotaCode: quota.code });
  }

  public add(vcpus: number): Precondition {
    this.vcpus += vcpus;
    const needed = Token.asNumber(Lazy.numberValue({ produce: () => this.vcpus }));
    const { name, code } = this.quota;
    return {
      condition: Op.gte(this.data.value, needed),
      errorMessage: `The quota "${name}" (${code}) is \${${this.data.fqn}.value} vCPUs, and the pools of this stack need ${Lazy.stringValue({ produce: () => String(this.vcpus) })} at their most. Raise it, lower maxNodes, or set planChecks: false.`,
    };
  }
}
