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

/** A place to put pools: the emulator knows which types EC2 offers in which zones. */
interface Place {
  readonly stack: string;
  readonly region: string;
  readonly zone: string;
}

/** The one zone of its region that has P6-B200, and the region that has Trainium2. */
const VIRGINIA: Place = { stack: "pools", region: "us-east-1", zone: "us-east-1c" };
const OHIO: Place = { stack: "pools-ohio", region: "us-east-2", zone: "us-east-2a" };
const ZONE = VIRGINIA.zone;
const WINDOW = { start: "2026-01-01T11:30:00Z", end: "2099-01-01T11:30:00Z" };
const TYPES: Readonly<Record<string, Place>> = {
  "p4d.24xlarge": VIRGINIA,
  "p5.48xlarge": VIRGINIA,
  "p5en.48xlarge": VIRGINIA,
  "p6-b200.48xlarge": VIRGINIA,
  "p6-b300.48xlarge": VIRGINIA,
  "g6e.48xlarge": VIRGINIA,
  "trn2.48xlarge": OHIO,
};

function capacity(kind: CapacityKind, zone: string): Capacity {
  const kinds = {
    [CapacityKind.ON_DEMAND]: Capacity.onDemand(),
    [CapacityKind.SPOT]: Capacity.spot(),
    [CapacityKind.RESERVATION]: Capacity.reservation("cr-0123456789abcdef0", zone),
    [CapacityKind.BLOCK]: Capacity.block("cr-0fedcba9876543210", zone, WINDOW),
  };
  return kinds[kind];
}

type Pools = Readonly<Record<string, GpuNodePoolOptions>>;

/** Everything that pools stand on, and the pools, in one stack. */
class PoolStack extends DatacenterStack {
  public constructor(app: App, { stack, region, zone }: Place, pools: Pools, tags?: Readonly<Record<string, string>>) {
    const place = { accountId: "123456789012", region, backend: Backend.local("state"), tags };
    super(app, stack, { stage: "pools", ...place });
    const encryptionKey = new EncryptionKey(this, "Key");
    const zones = [zone, `${region}b`];
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

/** One place with its pools: what is planned and applied there. */
class Deployment {
  public constructor(
    private readonly place: Place = VIRGINIA,
    private readonly folder = join(outdir, "stacks", place.stack),
  ) {}

  /** Asks for the quotas that the pools need. */
  public async raise(pools: Pools): Promise<void> {
    this.synthesize(pools);
    await raiseQuotas(session.emulator.url, quotaNeeds([{ name: this.place.stack, folder: this.folder }]));
  }

  /** Synthesizes the pools and plans them. @returns the planned changes */
  public async plan(pools: Pools, tags?: Readonly<Record<string, string>>): Promise<readonly string[]> {
    this.synthesize(pools, tags);
    await session.terraform.init(this.place.stack);
    const { changes } = await session.terraform.plan(this.place.stack, () => undefined).catch(tellDetails);
    return changes;
  }

  /** What a plan that must fail says, in one line. */
  public async refusal(pools: Pools): Promise<string> {
    const failure: unknown = await this.plan(pools).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    return String(failure).replace(/\s+/g, " ");
  }

  /** Applies what was planned, and plans again: nothing may be left to change. */
  public async apply(): Promise<void> {
    await session.terraform.apply(this.place.stack, () => undefined).catch(tellDetails);
    expect((await session.terraform.replan(this.place.stack)).changes).toEqual([]);
  }

  private synthesize(pools: Pools, tags?: Readonly<Record<string, string>>): void {
    const app = new App({ outdir });
    new PoolStack(app, this.place, pools, tags);
    app.synth();
    session.workspace.addStack(this.place.stack, this.folder);
  }
}

/** Jest shows the message of an error only, and Terraform's words stand in its details. */
function tellDetails(error: unknown): never {
  throw error instanceof RunFailed ? new Error([error.message, ...error.details].join("\n")) : error;
}

/** "p5-block": one pool for each type that is offered in a place, and way of buying that the catalog lists for it. */
function everyPool(place: Place): Pools {
  const types = Object.keys(TYPES).filter((type) => TYPES[type] === place);
  const pools = types.flatMap((instanceType) =>
    (INSTANCE_TYPES[instanceType]?.capacityKinds ?? []).map((kind): [string, GpuNodePoolOptions] => {
      const name = `${instanceType.replace(/\..*/, "")}-${kind}`;
      const { zone } = place;
      return [name, { instanceType, maxNodes: 2, zones: [zone], capacity: capacity(kind, zone) }];
    }),
  );
  return Object.fromEntries(pools);
}

describe.each([VIRGINIA, OHIO])("every type and way of buying that the catalog lists, in $region", (place) => {
  const pools = everyPool(place);
  const deployment = new Deployment(place);

  test("is applied once the quotas are raised, and a second plan changes nothing", async () => {
    await deployment.raise(pools);
    const changes = await deployment.plan(pools);
    const groups = changes.filter((change) => /^aws_eks_node_group\..*: create$/.test(change));
    // The system pool is one more.
    expect(groups).toHaveLength(Object.keys(pools).length + 1);
    await deployment.apply();
  });
});

describe("every way of buying that the catalog does not list", () => {
  const missing = Object.keys(TYPES).flatMap((instanceType) => {
    const { capacityKinds } = INSTANCE_TYPES[instanceType] as InstanceTypeSpec;
    const others = Object.values(CapacityKind).filter((kind) => !capacityKinds.includes(kind));
    return others.map((kind) => [instanceType, kind] as const);
  });

  test.each(missing)("is refused: %s by %s", (instanceType, kind) => {
    const options = { instanceType, maxNodes: 2, zones: [ZONE], capacity: capacity(kind, ZONE) };
    const resolve = () => resolveGpuNodePool("pool", options, { subnets: [{ zone: ZONE }] }, "stack/pool");
    expect(resolve).toRefuse("CAPACITY_KIND_UNSUPPORTED", { path: "stack/pool.capacity" });
  });
});

describe("updates", () => {
  const deployment = new Deployment();
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
    await deployment.raise(pools({ Team: "research" }));
    await deployment.plan(pools({ Team: "research" }));
    await deployment.apply();
    const changes = await deployment.plan(pools({ Team: "serving" }));
    expect(of(changes, "held")).toEqual(["aws_launch_template: update"]);
    expect(of(changes, "whole")).toEqual(["aws_launch_template: update"]);
    expect(of(changes, "rolling")).toEqual(["aws_eks_node_group: update", "aws_launch_template: update"]);
    await deployment.apply();
  });

  test("of the stack's own tags plan no change of a held node group either", async () => {
    const changes = await deployment.plan(pools({ Team: "serving" }), { CostCenter: "42" });
    expect(of(changes, "held").filter((change) => change.startsWith("aws_eks_node_group"))).toEqual([]);
  });

  test("reach the nodes of a held pool with a new revision, and replace a pool that says so", async () => {
    const changes = await deployment.plan(pools({ Team: "serving" }, "2"));
    expect(of(changes, "held")).toEqual(["aws_eks_node_group: update", "terraform_data: replace"]);
    expect(of(changes, "whole")).toEqual(["aws_eks_node_group: replace", "terraform_data: replace"]);
    expect(of(changes, "rolling")).toEqual([]);
    await deployment.apply();
  });
});

describe("plan checks", () => {
  const deployment = new Deployment();

  test("fail a plan for a zone in which the type is not offered, and name those where it is", async () => {
    const pool = { instanceType: "p6-b200.48xlarge", maxNodes: 1, zones: ["us-east-1b"] };
    await deployment.raise({ pool });
    expect(await deployment.refusal({ pool })).toContain(
      "p6-b200.48xlarge is not offered in all of us-east-1b, but in: us-east-1c.",
    );
    const changes = await deployment.plan({ pool: { ...pool, planChecks: false } });
    expect(changes.filter((change) => change.startsWith("aws_eks_node_group.pool"))).toHaveLength(1);
  });

  test("fail a plan whose pools together need more than the quota", async () => {
    const pool = { instanceType: "p5.48xlarge", maxNodes: 100, zones: [ZONE] };
    expect(await deployment.refusal({ pool, second: { ...pool, maxNodes: 1 } })).toMatch(
      /The quota "Running On-Demand P instances" \(L-417A185B\) is \d+ vCPUs, and the pools of this stack need 19392 at their most/,
    );
  });
});
