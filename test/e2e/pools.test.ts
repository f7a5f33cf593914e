/** Pools of every family on the embedded cloud, with the real Terraform and provider: each way of buying, updates, plan checks. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { INSTANCE_TYPES, type InstanceTypeSpec } from "cdktf-ai-datacenter/catalog";
import {
  ApiAccess,
  Capacity,
  Cluster,
  GpuNodePool,
  type GpuNodePoolOptions,
  resolveGpuNodePool,
  Updates,
} from "cdktf-ai-datacenter/compute";
import { CapacityKind } from "cdktf-ai-datacenter/contracts";
import { Backend, DatacenterStack } from "cdktf-ai-datacenter/core";
import { NatGateways, Network } from "cdktf-ai-datacenter/network";
import { EncryptionKey } from "cdktf-ai-datacenter/security";
import "cdktf-ai-datacenter/testing/jest";
import { App } from "../../lib/terraform/cdktf";
import { RunFailed } from "../../tools/embedded/failures";
import { quotaNeeds, raiseQuotas } from "../../tools/embedded/quotas";
import type { Session } from "../../tools/embedded/session";
import { openSession } from "../terraform/session";

const ZONE = "us-east-1a";
const WINDOW = { start: "2026-01-01T11:30:00Z", end: "2099-01-01T11:30:00Z" };
const TYPES = [
  "p4d.24xlarge",
  "p5.48xlarge",
  "p5en.48xlarge",
  "p6-b200.48xlarge",
  "p6-b300.48xlarge",
  "g6e.48xlarge",
  "trn2.48xlarge",
];
const CAPACITY: Readonly<Record<CapacityKind, Capacity>> = {
  [CapacityKind.ON_DEMAND]: Capacity.onDemand(),
  [CapacityKind.SPOT]: Capacity.spot(),
  [CapacityKind.RESERVATION]: Capacity.reservation("cr-0123456789abcdef0", ZONE),
  [CapacityKind.BLOCK]: Capacity.block("cr-0fedcba9876543210", ZONE, WINDOW),
};

type Pools = Readonly<Record<string, GpuNodePoolOptions>>;

/** Everything that pools stand on, and the pools, in one stack. */
class PoolStack extends DatacenterStack {
  public constructor(app: App, id: string, pools: Pools, tags?: Readonly<Record<string, string>>) {
    const place = { accountId: "123456789012", region: "us-east-1", backend: Backend.local("state"), tags };
    super(app, id, { stage: "pools", ...place });
    const encryptionKey = new EncryptionKey(this, "Key");
    const zones = [ZONE, "us-east-1b"];
    const network = new Network(this, "Network", { encryptionKey, zones, natGateways: NatGateways.ONE });
    const cluster = new Cluster(this, "Cluster", {
      network,
      encryptionKey,
      kubernetesVersion: "1.35",
      apiAccess: ApiAccess.private({ cidrs: ["10.20.0.0/16"] }),
      admins: ["arn:aws:iam::123456789012:role/PlatformAdmin"],
    });
    for (const [name, options] of Object.entries(pools)) new GpuNodePool(this, name, { cluster, ...options });
  }
}

let session: Session;
let close: () => Promise<void>;
const outdir = mkdtempSync(join(tmpdir(), "aidc-pools-"));

beforeAll(async () => {
  ({ session, close } = await openSession());
  await session.startEmulator();
});

afterAll(async () => {
  await close();
  rmSync(outdir, { recursive: true, force: true });
});

const STACK = "pools";

const FOLDER = join(outdir, "stacks", STACK);

function synthesize(pools: Pools, tags?: Readonly<Record<string, string>>): void {
  const app = new App({ outdir });
  new PoolStack(app, STACK, pools, tags);
  app.synth();
  session.workspace.addStack(STACK, FOLDER);
}

/** Synthesizes the pools and plans them. @returns the planned changes */
async function plan(pools: Pools, tags?: Readonly<Record<string, string>>): Promise<readonly string[]> {
  synthesize(pools, tags);
  await session.terraform.init(STACK);
  return (await session.terraform.plan(STACK, () => undefined)).changes;
}

/** What a plan that must fail says, in one line. */
async function refusal(pools: Pools): Promise<string> {
  const failure: unknown = await plan(pools).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RunFailed);
  return (failure as RunFailed).details.join(" ").replace(/\s+/g, " ");
}

async function raise(pools: Pools): Promise<void> {
  synthesize(pools);
  await raiseQuotas(session.emulator.url, quotaNeeds([{ name: STACK, folder: FOLDER }]));
}

async function apply(): Promise<void> {
  await session.terraform.apply(STACK, () => undefined);
  expect((await session.terraform.replan(STACK)).changes).toEqual([]);
}

/** "p5-block": one pool for each type and way of buying that the catalog lists for it. */
function everyPool(): Pools {
  const pools = TYPES.flatMap((instanceType) =>
    (INSTANCE_TYPES[instanceType]?.capacityKinds ?? []).map((kind): [string, GpuNodePoolOptions] => {
      const name = `${instanceType.replace(/\..*/, "")}-${kind}`;
      return [name, { instanceType, maxNodes: 2, zones: [ZONE], capacity: CAPACITY[kind] }];
    }),
  );
  return Object.fromEntries(pools);
}

describe("every type and way of buying that the catalog lists", () => {
  const pools = everyPool();

  test("is a plan that fails in a new account, which has no quota for accelerators", async () => {
    expect(await refusal(pools)).toMatch(
      /The quota "Running On-Demand P instances" \(L-417A185B\) is 0 vCPUs, and the pools of this stack need \d+ at their most/,
    );
  });

  test("is applied once the quotas are raised, and a second plan changes nothing", async () => {
    await raise(pools);
    const changes = await plan(pools);
    const groups = changes.filter((change) => /^aws_eks_node_group\..*: create$/.test(change));
    // The system pool is one more.
    expect(groups).toHaveLength(Object.keys(pools).length + 1);
    await apply();
  });
});

describe("every way of buying that the catalog does not list", () => {
  const missing = TYPES.flatMap((instanceType) => {
    const { capacityKinds } = INSTANCE_TYPES[instanceType] as InstanceTypeSpec;
    const others = Object.values(CapacityKind).filter((kind) => !capacityKinds.includes(kind));
    return others.map((kind) => [instanceType, kind] as const);
  });

  test.each(missing)("is refused: %s by %s", (instanceType, kind) => {
    const options = { instanceType, maxNodes: 2, zones: [ZONE], capacity: CAPACITY[kind] };
    const resolve = () => resolveGpuNodePool("pool", options, { subnets: [{ zone: ZONE }] }, "stack/pool");
    expect(resolve).toRefuse("CAPACITY_KIND_UNSUPPORTED", { path: "stack/pool.capacity" });
  });
});

describe("updates", () => {
  const common = { instanceType: "g6e.48xlarge", maxNodes: 2, zones: [ZONE] };
  const pools = (tags: Record<string, string>, revision = "1"): Pools => {
    const held = { ...common, tags, revision, amiRelease: `1.35.${revision}-20260904` };
    return {
      held: { ...held, updates: Updates.HOLD },
      rolling: { ...common, tags, updates: Updates.ROLL },
      whole: { ...held, updates: Updates.REPLACE },
    };
  };
  const of = (changes: readonly string[], pool: string) =>
    changes
      .filter((change) => change.includes(`.${pool}_`))
      .map((change) => change.replace(/^(\w+)\.\w+?_(\w*?)_?[0-9A-F]{8}/, "$1"))
      .sort();

  test("of a changed tag reach the template of a held pool and not its nodes", async () => {
    await raise(pools({ Team: "research" }));
    await plan(pools({ Team: "research" }));
    await apply();
    const changes = await plan(pools({ Team: "serving" }));
    expect(of(changes, "held")).toEqual(["aws_launch_template: update"]);
    expect(of(changes, "whole")).toEqual(["aws_launch_template: update"]);
    expect(of(changes, "rolling")).toEqual(["aws_eks_node_group: update", "aws_launch_template: update"]);
    await apply();
  });

  test("of the stack's own tags plan no change of a held node group either", async () => {
    const changes = await plan(pools({ Team: "serving" }), { CostCenter: "42" });
    expect(of(changes, "held").filter((change) => change.startsWith("aws_eks_node_group"))).toEqual([]);
  });

  test("reach the nodes of a held pool with a new revision, and replace a pool that says so", async () => {
    const changes = await plan(pools({ Team: "serving" }, "2"));
    expect(of(changes, "held")).toEqual(["aws_eks_node_group: update", "terraform_data: replace"]);
    expect(of(changes, "whole")).toEqual(["aws_eks_node_group: replace", "terraform_data: replace"]);
    expect(of(changes, "rolling")).toEqual([]);
    await apply();
  });
});

describe("plan checks", () => {
  const specification = { ...(INSTANCE_TYPES["p5.48xlarge"] as InstanceTypeSpec), instanceType: "p99.48xlarge" };
  const future = { instanceType: "p99.48xlarge", specification, maxNodes: 1, zones: [ZONE] };

  test("fail a plan for a zone in which the type is not offered, and name those where it is", async () => {
    await raise({ future });
    expect(await refusal({ future })).toContain("p99.48xlarge is not offered in all of us-east-1a");
  });

  test("are left out when told so", async () => {
    const changes = await plan({ future: { ...future, planChecks: false } });
    expect(changes.filter((change) => change.startsWith("aws_eks_node_group.future"))).toHaveLength(1);
  });
});
