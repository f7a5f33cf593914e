import { type ErrorCode, overlaps, parseCidr } from "cdktf-ai-datacenter/core";
import { InterfaceEndpoint, NatGateways, type NetworkOptions, resolveNetwork } from "cdktf-ai-datacenter/network";
import { testStack } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import fc from "fast-check";
import { DataAwsRegion } from "../../lib/terraform/aws";
import { Token } from "../../lib/terraform/cdktf";

const ZONES = ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d", "us-east-1e", "us-east-1f"];

function resolve(props: Partial<NetworkOptions> = {}) {
  return resolveNetwork({ zones: ZONES.slice(0, 3), ...props }, "us-east-1", "test/Network");
}

/** Every block of a plan, with the name of its role. */
function blocks(plan: ReturnType<typeof resolve>): string[] {
  return plan.zones.flatMap(({ acceleratorCidr, privateCidr, publicCidr, podCidr }) =>
    [acceleratorCidr, privateCidr, publicCidr, podCidr].filter((cidr) => cidr !== undefined),
  );
}

describe("zones", () => {
  const token = Token.asString({ resolve: () => "us-east-1a" });

  test("known only after apply are refused: they name resources", () => {
    expect(() => resolve({ zones: ["us-east-1a", token] })).toRefuse("ZONE_UNKNOWN_AT_SYNTH", {
      path: "test/Network.zones",
    });
    const all = Token.asList({ resolve: () => ["us-east-1a"] });
    expect(() => resolve({ zones: all })).toRefuse("ZONE_UNKNOWN_AT_SYNTH");
  });

  test("of two regions are refused where the region is not known", () => {
    const zones = ["eu-west-1a", "us-east-1a"];
    expect(() => resolveNetwork({ zones }, token, "x")).toRefuse("ZONE_NOT_IN_REGION", {
      got: "us-east-1a",
    });
  });

  test("of a partition whose names the library does not know are refused", () => {
    const china = { zones: ["cn-north-1a"] };
    expect(() => resolveNetwork(china, "cn-north-1", "x")).toRefuse("REGION_UNSUPPORTED", { got: "cn-north-1" });
    const government = { zones: ["us-gov-west-1a"] };
    expect(resolveNetwork(government, "us-gov-west-1", "x").zones).toHaveLength(1);
  });
});

test("an endpoint named twice, as lists of lists do, is made once", () => {
  const interfaceEndpoints = [...InterfaceEndpoint.PRIVATE_CLUSTER, InterfaceEndpoint.STS, InterfaceEndpoint.of("sts")];
  const services = resolve({ interfaceEndpoints }).endpoints.map(({ service }) => service);
  expect(services.filter((service) => service === "sts")).toHaveLength(1);
  expect(services).toHaveLength(InterfaceEndpoint.PRIVATE_CLUSTER.length);
});

describe("the address plan", () => {
  test("gives each zone half for accelerators, a quarter for private, and a small public subnet", () => {
    expect(resolve().zones).toEqual([
      {
        zone: "us-east-1a",
        acceleratorCidr: "10.0.0.0/19",
        privateCidr: "10.0.32.0/20",
        publicCidr: "10.0.48.0/24",
        podCidr: undefined,
        natZone: "us-east-1a",
      },
      expect.objectContaining({ zone: "us-east-1b", acceleratorCidr: "10.0.64.0/19", privateCidr: "10.0.96.0/20" }),
      expect.objectContaining({ zone: "us-east-1c", acceleratorCidr: "10.0.128.0/19", publicCidr: "10.0.176.0/24" }),
    ]);
  });

  test("cuts the pod range into one equal block for each reserved zone", () => {
    const pods = resolve({ podCidr: "100.64.0.0/16" }).zones.map(({ podCidr }) => podCidr);
    expect(pods).toEqual(["100.64.0.0/18", "100.64.64.0/18", "100.64.128.0/18"]);
  });

  test("renumbers nothing when a zone is appended", () => {
    for (let count = 1; count < 4; count += 1) {
      const before = resolve({ zones: ZONES.slice(0, count), podCidr: "100.64.0.0/16" });
      const after = resolve({ zones: ZONES.slice(0, count + 1), podCidr: "100.64.0.0/16" });
      expect(after.zones.slice(0, count)).toEqual(before.zones);
    }
  });

  test("never overlaps itself and never leaves its range", () => {
    const plan = fc.record({
      prefix: fc.integer({ min: 16, max: 23 }),
      maxZones: fc.integer({ min: 1, max: 8 }),
      count: fc.integer({ min: 1, max: 6 }),
      natGateways: fc.constantFrom(...Object.values(NatGateways)),
      pods: fc.boolean(),
    });
    const fitting = plan.filter((p) => p.count <= p.maxZones && p.prefix + Math.ceil(Math.log2(p.maxZones)) <= 23);
    fc.assert(
      fc.property(fitting, ({ prefix, maxZones, count, natGateways, pods }) => {
        const props = { cidr: `10.4.0.0/${prefix}`, zones: ZONES.slice(0, count), maxZones, natGateways };
        const cut = blocks(resolve({ ...props, ...(pods ? { podCidr: "100.64.0.0/16" } : {}) }));
        const parsed = cut.map((cidr) => parseCidr(cidr, "x"));
        for (const [index, block] of parsed.entries()) {
          expect(block.prefix).toBeLessThanOrEqual(28);
          const ranges = [props.cidr, "100.64.0.0/16"].map((cidr) => parseCidr(cidr, "x"));
          expect(ranges.filter((range) => range.prefix <= block.prefix && overlaps(range, block))).toHaveLength(1);
          expect(parsed.slice(index + 1).filter((other) => overlaps(block, other))).toEqual([]);
        }
      }),
    );
  });
});

describe("NAT", () => {
  const natZones = (natGateways?: NatGateways) => resolve({ natGateways }).zones.map(({ natZone }) => natZone);

  test("stands in each zone by default", () => {
    expect(natZones()).toEqual(["us-east-1a", "us-east-1b", "us-east-1c"]);
  });

  test("stands in the first zone only where asked", () => {
    expect(natZones(NatGateways.ONE)).toEqual(["us-east-1a", "us-east-1a", "us-east-1a"]);
  });

  test("leaves nothing public where there is none", () => {
    expect(natZones(NatGateways.NONE)).toEqual([undefined, undefined, undefined]);
    expect(resolve({ natGateways: NatGateways.NONE }).zones.map(({ publicCidr }) => publicCidr)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("defaults", () => {
  test("hold no interface endpoint with NAT, and those of a private cluster without", () => {
    expect(resolve().endpoints).toEqual([]);
    expect(resolve({ natGateways: NatGateways.NONE }).endpoints).toEqual(InterfaceEndpoint.PRIVATE_CLUSTER);
    const own = [InterfaceEndpoint.of("bedrock-runtime")];
    expect(resolve({ natGateways: NatGateways.NONE, interfaceEndpoints: own }).endpoints).toEqual(own);
  });

  test("keep the flow log for a year", () => {
    expect(resolve().flowLogRetentionDays).toBe(365);
    expect(resolve({ flowLogRetentionDays: 30 }).flowLogRetentionDays).toBe(30);
  });

  test("check zones against the region only where it is known", () => {
    const region = new DataAwsRegion(testStack(), "Region", {}).name;
    expect(resolveNetwork({ zones: ["eu-west-1a"] }, region, "x").zones).toHaveLength(1);
  });
});

describe("refusals", () => {
  const refusals: [code: ErrorCode, property: string, props: Partial<NetworkOptions>][] = [
    ["ZONES_EMPTY", "zones", { zones: [] }],
    ["ZONE_DUPLICATE", "zones", { zones: ["us-east-1a", "us-east-1b", "us-east-1a"] }],
    ["ZONE_NOT_IN_REGION", "zones", { zones: ["us-east-1a", "us-west-2a"] }],
    ["ZONE_NOT_IN_REGION", "zones", { zones: ["us-east-1"] }],
    ["ZONE_NOT_IN_REGION", "zones", { zones: ["us-east-1-bos-1a"] }],
    ["ZONES_BEYOND_RESERVED", "zones", { zones: ZONES.slice(0, 5) }],
    ["ZONES_BEYOND_RESERVED", "zones", { zones: ZONES.slice(0, 2), maxZones: 1 }],
    ["VALUE_OUT_OF_RANGE", "maxZones", { maxZones: 0 }],
    ["VALUE_OUT_OF_RANGE", "maxZones", { maxZones: 9 }],
    ["VALUE_OUT_OF_RANGE", "maxZones", { maxZones: 2.5 }],
    ["CIDR_INVALID", "cidr", { cidr: "10.0.0.1/16" }],
    ["CIDR_INVALID", "podCidr", { podCidr: "pods" }],
    ["CIDR_TOO_LARGE", "cidr", { cidr: "10.0.0.0/15" }],
    ["CIDR_TOO_LARGE", "podCidr", { podCidr: "100.64.0.0/10" }],
    ["CIDR_TOO_SMALL", "cidr", { cidr: "10.0.0.0/22" }],
    ["CIDR_TOO_SMALL", "podCidr", { podCidr: "100.64.0.0/23" }],
    ["CIDR_OVERLAP", "podCidr", { podCidr: "10.0.128.0/17" }],
    ["VALUE_OUT_OF_RANGE", "flowLogRetentionDays", { flowLogRetentionDays: 100 }],
  ];
  test.each(refusals)("refuses with %s for %s: %j", (code, property, props) => {
    expect(() => resolve(props)).toRefuse(code, { path: `test/Network.${property}` });
  });

  test("name the smallest block that would do", () => {
    expect(() => resolve({ cidr: "10.0.0.0/22" })).toThrow("at least /21 for 4 reserved zones");
    expect(() => resolve({ cidr: "10.0.0.0/21" })).not.toThrow();
    expect(() => resolve({ podCidr: "100.64.0.0/23" })).toThrow("at least /22");
    expect(() => resolve({ podCidr: "100.64.0.0/22" })).not.toThrow();
  });
});
