import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildCrdValidator, type CrdValidator, type CrdVerdict } from "../../tools/crds/validator";

interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

const NODE_POOL: Resource = {
  apiVersion: "karpenter.sh/v1",
  kind: "NodePool",
  metadata: { name: "training" },
  spec: {
    limits: { "nvidia.com/gpu": 64, cpu: "768" },
    weight: 10,
    disruption: {
      consolidateAfter: "Never",
      consolidationPolicy: "WhenEmpty",
      budgets: [{ nodes: "0" }, { nodes: "10%", reasons: ["Drifted"], schedule: "0 9 * * 6", duration: "8h" }],
    },
    template: {
      metadata: { labels: { "example.com/team": "research" } },
      spec: {
        expireAfter: "Never",
        terminationGracePeriod: "30m",
        nodeClassRef: { group: "karpenter.k8s.aws", kind: "EC2NodeClass", name: "training" },
        requirements: [
          { key: "node.kubernetes.io/instance-type", operator: "In", values: ["p5.48xlarge"] },
          { key: "karpenter.sh/capacity-type", operator: "In", values: ["reserved"] },
          { key: "karpenter.k8s.aws/instance-gpu-count", operator: "Gt", values: ["7"] },
        ],
        taints: [{ key: "nvidia.com/gpu", effect: "NoSchedule" }],
      },
    },
  },
};

const NODE_CLASS: Resource = {
  apiVersion: "karpenter.k8s.aws/v1",
  kind: "EC2NodeClass",
  metadata: { name: "training" },
  spec: {
    role: "training-node",
    amiSelectorTerms: [{ alias: "al2023@v20261101" }],
    subnetSelectorTerms: [{ id: "subnet-0a1" }],
    securityGroupSelectorTerms: [{ tags: { "example.com/fabric": "training" } }],
    instanceStorePolicy: "RAID0",
    placementGroupSelector: { name: "training" },
    capacityReservationSelectorTerms: [{ id: "cr-0a1" }],
    networkInterfaces: [
      { networkCardIndex: 0, deviceIndex: 0, interfaceType: "interface" },
      { networkCardIndex: 0, deviceIndex: 1, interfaceType: "efa-only" },
      { networkCardIndex: 1, deviceIndex: 0, interfaceType: "efa-only" },
    ],
    blockDeviceMappings: [{ deviceName: "/dev/xvda", rootVolume: true, ebs: { volumeSize: "200Gi", encrypted: true } }],
  },
};

let validator: CrdValidator;
beforeAll(async () => {
  validator = await buildCrdValidator();
});

function withSpec(resource: Resource, spec: Readonly<Record<string, unknown>>): Resource {
  return { ...resource, spec: { ...resource.spec, ...spec } };
}

function withoutSpec(resource: Resource, field: string): Resource {
  return { ...resource, spec: Object.fromEntries(Object.entries(resource.spec).filter(([name]) => name !== field)) };
}

function judge(object: unknown): CrdVerdict {
  const [verdict] = validator.validate([object]);
  if (!verdict) throw new Error("no verdict");
  return verdict;
}

function fields(object: unknown): string[] {
  return judge(object).errors.map(({ field }) => field);
}

describe("accepts", () => {
  test("a NodePool and an EC2NodeClass, and tells them apart in the order given", () => {
    expect(validator.validate([NODE_POOL, NODE_CLASS])).toEqual([
      { index: 0, apiVersion: "karpenter.sh/v1", kind: "NodePool", name: "training", errors: [] },
      { index: 1, apiVersion: "karpenter.k8s.aws/v1", kind: "EC2NodeClass", name: "training", errors: [] },
    ]);
  });

  test("a NodePool of a fixed size", () => {
    const fixed = withSpec(withoutSpec(NODE_POOL, "weight"), { replicas: 4, limits: { nodes: 6 } });
    expect(judge(fixed).errors).toEqual([]);
  });

  test("a NodePool without what the CRD has a default for", () => {
    expect(judge(withoutSpec(NODE_POOL, "disruption")).errors).toEqual([]);
    // "nodes" is required, and filled in before that is looked at.
    const disruption = { consolidateAfter: "0s", budgets: [{ reasons: ["Drifted"] }] };
    expect(judge(withSpec(NODE_POOL, { disruption })).errors).toEqual([]);
  });

  test("any status, which the server throws away on create", () => {
    expect(judge({ ...NODE_POOL, status: { nodes: "three" } }).errors).toEqual([]);
  });

  test("nothing at all", () => {
    expect(validator.validate([])).toEqual([]);
  });
});

describe("refuses", () => {
  test("an unknown field, wherever it stands", () => {
    const object = {
      ...withSpec(NODE_POOL, {
        replcas: 2,
        disruption: { consolidateAfter: "0s", budgets: [{ nodes: "1", node: "1" }] },
      }),
      metadata: { name: "training", label: {} },
      stat: {},
    };
    expect(judge(object).errors).toEqual([
      { field: "metadata.label", message: 'unknown field "metadata.label"' },
      { field: "spec.disruption.budgets[0].node", message: 'unknown field "spec.disruption.budgets[0].node"' },
      { field: "spec.replcas", message: 'unknown field "spec.replcas"' },
      { field: "stat", message: 'unknown field "stat"' },
    ]);
  });

  test("a value that is not in the enum", () => {
    const object = withSpec(NODE_CLASS, { instanceStorePolicy: "RAID1" });
    expect(judge(object).errors).toContainEqual({
      field: "spec.instanceStorePolicy",
      message: 'Unsupported value: "RAID1": supported values: "RAID0"',
    });
  });

  test("a value of another type", () => {
    expect(fields(withSpec(NODE_POOL, { weight: "10" }))).toContain("spec.weight");
  });

  test("a missing field that is required", () => {
    const object = withoutSpec(NODE_CLASS, "subnetSelectorTerms");
    expect(judge(object).errors).toContainEqual({ field: "spec.subnetSelectorTerms", message: "Required value" });
  });

  test("a required field below a value that was given in place of a default", () => {
    const object = withSpec(NODE_POOL, { disruption: { consolidationPolicy: "WhenEmpty" } });
    expect(judge(object).errors).toContainEqual({
      field: "spec.disruption.consolidateAfter",
      message: "Required value",
    });
  });

  test("a member that stands twice in a set", () => {
    const budgets = [{ nodes: "1", reasons: ["Empty", "Empty"] }];
    const object = withSpec(NODE_POOL, { disruption: { consolidateAfter: "0s", budgets } });
    expect(judge(object).errors).toEqual([
      { field: "spec.disruption.budgets[0].reasons[1]", message: 'Duplicate value: "Empty"' },
    ]);
  });

  test("more replicas than the scale subresource can tell", () => {
    const object = withSpec(withoutSpec(NODE_POOL, "weight"), { replicas: 2 ** 31, limits: {} });
    expect(fields(object)).toEqual(["spec.replicas"]);
  });

  test("a name that is none, and no name", () => {
    expect(fields({ ...NODE_POOL, metadata: { name: "Training_1" } })).toEqual(["metadata.name"]);
    expect(fields({ ...NODE_POOL, metadata: {} })).toContain("metadata.name");
    expect(judge({ ...NODE_POOL, metadata: { name: "training.v1" } }).errors).toEqual([]);
    expect(judge({ ...NODE_POOL, metadata: { generateName: "training-" } }).errors).toEqual([]);
  });

  test("a kind and a version that no CRD serves, and an object without either", () => {
    expect(judge({ ...NODE_POOL, kind: "NodePoool" }).errors).toEqual([
      {
        field: "kind",
        message: expect.stringContaining('no matches for kind "NodePoool" in version "karpenter.sh/v1"'),
      },
    ]);
    expect(judge({ ...NODE_POOL, apiVersion: "karpenter.sh/v1beta1" }).errors).toEqual([
      { field: "apiVersion", message: expect.stringContaining("served: v1") },
    ]);
    expect(fields({})).toEqual(["apiVersion", "kind"]);
  });
});

describe("refuses by the CEL rules of the CRDs", () => {
  const [primary, efa] = NODE_CLASS.spec.networkInterfaces as readonly object[];

  test.each([
    [
      "interfaces without a primary one",
      withSpec(NODE_CLASS, { networkInterfaces: [efa] }),
      "spec.networkInterfaces",
      "networkInterfaces must include a primary interface with interfaceType='interface'",
    ],
    [
      "two EFA interfaces on a card",
      withSpec(NODE_CLASS, { networkInterfaces: [primary, efa, { ...efa, deviceIndex: 2 }] }),
      "spec.networkInterfaces",
      "at most one efa device per network card",
    ],
    [
      "an alias of an unknown family",
      withSpec(NODE_CLASS, { amiSelectorTerms: [{ alias: "ubuntu@latest" }] }),
      "spec.amiSelectorTerms[0].alias",
      "family is not supported",
    ],
    [
      "a placement group by name and id",
      withSpec(NODE_CLASS, { placementGroupSelector: { name: "training", id: "pg-0a1" } }),
      "spec.placementGroupSelector",
      "'name' and 'id' are mutually exclusive",
    ],
    [
      "neither a role nor an instance profile",
      withoutSpec(NODE_CLASS, "role"),
      "spec",
      "must specify exactly one of ['role', 'instanceProfile']",
    ],
    [
      "a weight of a pool of a fixed size",
      withSpec(NODE_POOL, { replicas: 4, limits: { nodes: 6 } }),
      "spec",
      "'weight' is not supported on static NodePools",
    ],
    [
      "a budget with a schedule and no duration",
      withSpec(NODE_POOL, { disruption: { consolidateAfter: "0s", budgets: [{ nodes: "1", schedule: "@daily" }] } }),
      "spec.disruption.budgets",
      "'schedule' must be set with 'duration'",
    ],
  ])("%s", (_what, object, field, message) => {
    expect(judge(object).errors).toEqual([{ field, message: expect.stringContaining(message) }]);
  });

  test("a label of Karpenter's own, which only the CRD of the AWS module knows", () => {
    const template = NODE_POOL.spec.template as { readonly spec: object };
    const labels = { "karpenter.k8s.aws/training": "true" };
    expect(judge(withSpec(NODE_POOL, { template: { ...template, metadata: { labels } } })).errors).toEqual([
      {
        field: "spec.template.metadata.labels",
        message: expect.stringContaining('label domain "karpenter.k8s.aws" is restricted'),
      },
    ]);
  });

  test("only on update, what may not change", () => {
    const fixed = withSpec(withoutSpec(NODE_POOL, "weight"), { replicas: 4, limits: { nodes: 6 } });
    const verdicts = validator.validateUpdates([
      [NODE_POOL, withSpec(NODE_POOL, { weight: 20 })],
      [NODE_POOL, fixed],
    ]);
    expect(verdicts.map(({ errors }) => errors)).toEqual([
      [],
      [{ field: "spec", message: expect.stringContaining("Cannot transition NodePool between static") }],
    ]);
  });
});

test("gives up on what is no object, instead of calling it valid", () => {
  expect(() => validator.validate([NODE_POOL, "text"])).toThrow("object 1: not a JSON object");
});

describe("without a Go that can build it", () => {
  const folder = mkdtempSync(join(tmpdir(), "aidc-crds-"));
  const cache = join(folder, "cache");
  afterAll(() => rmSync(folder, { recursive: true }));

  function environmentWith(script: string | undefined): Record<string, string> {
    const bin = mkdtempSync(join(folder, "bin-"));
    if (script !== undefined) {
      writeFileSync(join(bin, "go"), `#!/bin/sh\n${script}\n`);
      chmodSync(join(bin, "go"), 0o755);
    }
    return { PATH: bin, XDG_CACHE_HOME: cache };
  }

  test("says how to get one, and leaves nothing behind", async () => {
    const remedy = /Install Go 1\.\d+\.\d+ or newer \(https:\/\/go\.dev\/dl\)/;
    await expect(buildCrdValidator(environmentWith(undefined))).rejects.toThrow(/there is no go command\. /);
    await expect(buildCrdValidator(environmentWith(undefined))).rejects.toThrow(remedy);
    const old = environmentWith("echo go1.9.7");
    await expect(buildCrdValidator(old)).rejects.toThrow(/go1\.9\.7 is too old\. Install Go/);
    expect(existsSync(cache)).toBe(false);
  });

  test("says why the build failed, and leaves nothing behind", async () => {
    const script = 'case "$1" in env) echo go99.0 ;; *) echo "go: no such host" >&2; exit 1 ;; esac';
    const failing = buildCrdValidator(environmentWith(script));
    await expect(failing).rejects.toThrow(/go mod download failed: go: no such host\n.*GOPROXY/);
    expect(readdirSync(join(cache, "cdktf-ai-datacenter"))).toEqual([]);
  });
});
