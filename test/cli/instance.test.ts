import { INCOMPLETE_INSTANCE_TYPES, INSTANCE_TYPES } from "cdktf-ai-datacenter/catalog";
import { runCli } from "../../lib/cli/cli";
import { nearestTypes } from "../../lib/cli/instance-report";

async function run(...parameters: string[]): Promise<{ status: number; out: string; error: string }> {
  let [out, error] = ["", ""];
  const io = {
    out: (text: string) => void (out += text),
    error: (text: string) => void (error += text),
    stdin: () => Buffer.from(""),
  };
  return { status: await runCli(parameters, io), out, error };
}

async function json(...parameters: string[]): Promise<Record<string, unknown>> {
  return JSON.parse((await run("instance", ...parameters, "--json")).out) as Record<string, unknown>;
}

describe("aidc instance --json", () => {
  test("tells all that the compiler knows of a p5.48xlarge", async () => {
    const { interfaces, ...rest } = await json("p5.48xlarge");
    expect(interfaces).toHaveLength(33);
    expect((interfaces as unknown[]).slice(0, 3)).toEqual([
      { networkCardIndex: 0, deviceIndex: 0, interfaceType: "interface" },
      { networkCardIndex: 0, deviceIndex: 1, interfaceType: "efa-only" },
      { networkCardIndex: 1, deviceIndex: 0, interfaceType: "efa-only" },
    ]);
    expect(rest).toEqual({
      type: "p5.48xlarge",
      accelerator: { name: "h100", count: 8, memoryGiB: 80, resource: "nvidia.com/gpu" },
      vcpus: 192,
      memoryMiB: 2097152,
      efaMax: 32,
      ipsPerNode: 1,
      maxPods: 51,
      localNvmeGB: 30400,
      prices: [{ purchase: "on-demand", usdPerHour: 55.04, region: "us-east-1", date: "2026-07-20" }],
      capacityKinds: INSTANCE_TYPES["p5.48xlarge"]?.capacityKinds,
      sources: INSTANCE_TYPES["p5.48xlarge"]?.sources,
    });
    expect(rest.sources).not.toEqual([]);
  });

  test("lays out for bandwidth when asked", async () => {
    const report = await json("p5.48xlarge", "--policy", "bandwidth");
    expect(report).toMatchObject({ ipsPerNode: 8, maxPods: 51, efaMax: 32 });
    expect(report.interfaces).toHaveLength(40);
  });

  test("tells what is not known by null, and why", async () => {
    expect(await json("p6e-gb200.36xlarge")).toMatchObject({
      incomplete: INCOMPLETE_INSTANCE_TYPES["p6e-gb200.36xlarge"]?.reason,
      efaMax: null,
      interfaces: [],
      maxPods: null,
    });
    expect(await json("g6e.xlarge")).toMatchObject({ efaMax: 0, interfaces: [{ deviceIndex: 0 }], localNvmeGB: 250 });
    expect(await json("inf2.xlarge")).toMatchObject({ localNvmeGB: 0 });
    expect(await json("p5e.48xlarge")).toMatchObject({ prices: [] });
  });
});

describe("aidc instance", () => {
  test("tells people the same in a few lines", async () => {
    expect((await run("instance", "p6-b300.48xlarge")).out).toMatchInlineSnapshot(`
     "p6-b300.48xlarge
       Accelerators  8 x b300, 268.6 GiB each, nvidia.com/gpu
       vCPUs         192
       Memory        4096 GiB
       Local NVMe    30400 GB
       EFA           16 interfaces
       Layout        saveIps: interface at 0/0; efa-only at 1-16/0
       Addresses     1 of a node's own
       Pods          198 at most
       Capacity      on-demand, spot, reservation, block
       Price         142.416 USD per hour on-demand in us-east-1, 2026-07-20
       Sources       karpenter-instance-types, karpenter-bandwidth, karpenter-vpclimits, ec2-guide-multi-card, karpenter-pricing, eksctl-instance-table, topology-layers, hyperpod-constants, skypilot-catalog, ec2-guide-reservations, ec2-guide-blocks, eks-guide-images, eks-ami-types
     "
    `);
  });

  test("says what it does not know", async () => {
    const { out } = await run("instance", "p6e-gb200.36xlarge");
    expect(out).toMatch(/^p6e-gb200\.36xlarge: incomplete\. /);
    expect(out).toContain("Layout        not known");
    expect((await run("instance", "g6e.xlarge")).out).toContain("EFA           none");
    expect((await run("instance", "p5e.48xlarge")).out).toMatch(/Price +no list price known/);
  });

  test("answers an unknown type with one line that names the nearest, and status 2", async () => {
    const { status, out, error } = await run("instance", "p5.48xlrage");
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(error.trimEnd().split("\n")).toHaveLength(1);
    expect(error).toMatch(/^p5\.48xlrage is not in the catalog of \d{4}-\d\d-\d\d; nearest: p5\.48xlarge, /);
    expect((await run("instance", "constructor", "--json")).status).toBe(2);
  });

  test("answers a policy that there is not with status 2", async () => {
    const { status, error } = await run("instance", "p5.48xlarge", "--policy", "speed");
    expect(status).toBe(2);
    expect(error).toContain("saveIps, bandwidth");
  });
});

describe("aidc instances", () => {
  test("lists all types, as aidc instance tells of each", async () => {
    const { status, out } = await run("instances", "--json");
    const reports = JSON.parse(out) as { type: string }[];
    expect(status).toBe(0);
    expect(reports).toHaveLength(88);
    expect(reports.find(({ type }) => type === "p5.48xlarge")).toEqual(await json("p5.48xlarge"));
  });

  test("is a table for people", async () => {
    const lines = (await run("instances")).out.trimEnd().split("\n");
    expect(lines).toHaveLength(89);
    expect(lines[0]).toMatch(/^Type +Accelerators +EFA +Interfaces +Pods +USD\/h +Capacity$/);
    expect(lines.find((line) => line.startsWith("p5.48xlarge"))).toMatch(/ 8 x h100 +32 +33 +51 +55\.04 +on-demand/);
    expect(lines.find((line) => line.startsWith("p6e-gb300"))).toContain(" ? ");
  });
});

test("the nearest types are those with the fewest letters changed", () => {
  expect(nearestTypes("p5.48xlarge", 1)).toEqual(["p5.48xlarge"]);
  expect(nearestTypes("P5.48XLARGE", 1)).toEqual(["p5.48xlarge"]);
  expect(nearestTypes("p5.48xlarg", 2)[0]).toBe("p5.48xlarge");
  expect(nearestTypes("")).toHaveLength(3);
});
