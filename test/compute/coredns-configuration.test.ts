import { resourcesOf, synthStack, testStack } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import { coreDnsBeside, coreDnsConfiguration } from "../../lib/compute/coredns-configuration";
import { testCluster } from "./fixtures";

/** Keys that the add-on's schema has; it refuses others. Source: `aws eks describe-addon-configuration`, v1.10.1-eksbuild.11. */
const SCHEMA = [
  "affinity",
  "autoScaling",
  "computeType",
  "corefile",
  "nodeSelector",
  "podAnnotations",
  "podDisruptionBudget",
  "podLabels",
  "replicaCount",
  "resources",
  "tolerations",
  "topologySpreadConstraints",
];

interface Configuration {
  readonly autoScaling: { readonly enabled: boolean; readonly minReplicas: number; readonly maxReplicas: number };
  readonly podDisruptionBudget: object;
  readonly resources: { readonly requests: Record<string, string>; readonly limits: Record<string, string> };
  readonly topologySpreadConstraints: readonly Record<string, unknown>[];
}

const configure = (maxNodes?: number) => coreDnsConfiguration({ maxNodes }) as unknown as Configuration;
const mebibytes = (quantity = "") => Number(/^(\d+)Mi$/.exec(quantity)?.[1]);

describe("CoreDNS", () => {
  test("serves a start of 1,000 ranks with its least count, one replica missing", () => {
    const { minReplicas } = configure().autoScaling;
    const queries = 1000 * 40;
    expect((minReplicas - 1) * (33669 / 1.9)).toBeGreaterThan((2 * queries) / 5);
    expect(minReplicas).toBe(3);
  });

  test("is bounded by the load, not by the cores of accelerator nodes", () => {
    expect(configure().autoScaling).toEqual({ enabled: true, minReplicas: 3, maxReplicas: 8 });
    expect(configure(1).autoScaling).toEqual({ enabled: true, minReplicas: 3, maxReplicas: 3 });
    expect(configure(5000).autoScaling.maxReplicas).toBe(37);
    expect(configure(1_000_000).autoScaling.maxReplicas).toBe(1000);
  });

  test("has memory for all pods of the cluster, and room above", () => {
    for (const nodes of [1, 100, 1000, 5000, 20_000]) {
      const { requests, limits } = configure(nodes).resources;
      expect(mebibytes(requests.memory)).toBeGreaterThanOrEqual((nodes * 30) / 1000 + 54);
      expect(mebibytes(limits.memory)).toBe(2 * mebibytes(requests.memory));
      expect(limits.cpu).toBeUndefined();
    }
    expect(configure().resources.requests).toEqual({ cpu: "100m", memory: "128Mi" });
  });

  test("is spread over zones strictly and over hosts where possible, counting only nodes that it can run on", () => {
    expect(configure().topologySpreadConstraints).toEqual([
      expect.objectContaining({ topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "DoNotSchedule" }),
      expect.objectContaining({ topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" }),
    ]);
    for (const constraint of configure().topologySpreadConstraints) {
      expect(constraint).toMatchObject({
        maxSkew: 1,
        nodeTaintsPolicy: "Honor",
        labelSelector: { matchLabels: { "k8s-app": "kube-dns" } },
        matchLabelKeys: ["pod-template-hash"],
      });
    }
  });

  test("loses one replica at a time, and uses only what the add-on's schema has", () => {
    expect(configure().podDisruptionBudget).toEqual({ enabled: true, maxUnavailable: 1 });
    expect(SCHEMA).toEqual(expect.arrayContaining(Object.keys(configure())));
  });

  test.each([0, -1, 2.5, Number.NaN])("refuses %p nodes", (maxNodes) => {
    expect(() => coreDnsConfiguration({ maxNodes })).toRefuse("VALUE_OUT_OF_RANGE", { got: maxNodes });
  });
});

describe("the add-on of a cluster", () => {
  const configurationOf = (coredns?: Readonly<Record<string, unknown>>): Record<string, unknown> => {
    const stack = testStack();
    testCluster(stack, coredns === undefined ? {} : { addonConfiguration: { coredns } });
    const addons = resourcesOf(synthStack(stack), "aws_eks_addon");
    const addon = addons.find(({ properties }) => properties.addon_name === "coredns");
    return JSON.parse(addon?.properties.configuration_values as string) as Record<string, unknown>;
  };

  test("is configured for 1,000 nodes", () => {
    expect(configurationOf()).toEqual(coreDnsConfiguration());
  });

  test("lets the user win, member by member", () => {
    const autoScaling = { enabled: true, minReplicas: 4, maxReplicas: 20 };
    expect(configurationOf({ autoScaling })).toEqual({ ...coreDnsConfiguration(), autoScaling });
  });

  test("does not scale where the user fixes the count", () => {
    const configuration = configurationOf({ replicaCount: 3 });
    expect(configuration).toMatchObject({ replicaCount: 3, podDisruptionBudget: { enabled: true } });
    expect(configuration).not.toHaveProperty("autoScaling");
    expect(coreDnsBeside({ tolerations: [] })).toHaveProperty("autoScaling");
  });
});
