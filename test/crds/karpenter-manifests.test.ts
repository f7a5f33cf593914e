import type { ElasticNodePoolOptions } from "../../lib/compute/karpenter/elastic-options";
import { buildCrdValidator, type CrdFault, type CrdValidator } from "../../tools/crds/validator";
import { manifestsOf, MATRIX } from "../compute/karpenter/matrix";

let validator: CrdValidator;
beforeAll(async () => {
  validator = await buildCrdValidator();
}, 1_200_000);

type Fields = Record<string, unknown>;

/** The two manifests of a pool of the matrix, as plain objects that a test may change. */
function objectsOf(name: string): { nodeClass: Fields; nodePool: Fields } {
  const manifests = manifestsOf(MATRIX[name] as ElasticNodePoolOptions, name);
  return JSON.parse(JSON.stringify(manifests)) as { nodeClass: Fields; nodePool: Fields };
}

function faultsOf({ nodeClass, nodePool }: { nodeClass: Fields; nodePool: Fields }): CrdFault[] {
  return validator.validate([nodeClass, nodePool]).flatMap(({ errors }) => errors);
}

test.each(Object.keys(MATRIX))("the API server takes the manifests of %s", (name) => {
  const verdicts = validator.validate(Object.values(objectsOf(name)));
  expect(verdicts.map(({ kind, errors }) => [kind, errors])).toEqual([
    ["EC2NodeClass", []],
    ["NodePool", []],
  ]);
});

/** One change of each pool that the API server refuses, so that the judge is seen to judge. */
const SPOILT: Readonly<Record<string, readonly [path: string, value: unknown, message: RegExp]>> = {
  "p5-on-demand": ["nodeClass.spec.networkInterfaces.0.interfaceType", "efa-only", /must include a primary interface/],
  "p5-block": ["nodeClass.spec.capacityReservationSelectorTerms.0.id", "arn:aws:x", /should match '\^cr-/],
  "p5-reservation": ["nodePool.spec.template.spec.requirements.1.values", [], /must have a value defined/],
  "p5-reservation-group": ["nodeClass.spec.placementGroupSelector.id", "pg-0", /mutually exclusive/],
  "p5-static": ["nodePool.spec.limits.cpu", "384", /only 'limits\.nodes' is supported/],
  "p6-b300": ["nodeClass.spec.networkInterfaces.2.networkCardIndex", 1, /at most one efa device per network card/],
  "trn2-block": ["nodeClass.spec.role", "Nodes", /exactly one of \['role', 'instanceProfile'\]/],
  "g6e-spot": ["nodePool.spec.weight", 101, /less than or equal to 100/],
  "g6e-bottlerocket": ["nodePool.spec.disruption.budgets.2.duration", "90s", /should match/],
};

test.each(Object.entries(SPOILT))("the API server refuses %s once it is spoilt", (name, [path, value, message]) => {
  const objects = objectsOf(name);
  set(objects, path.split("."), value);
  expect(faultsOf(objects)).toContainEqual(
    expect.objectContaining({ message: expect.stringMatching(message) as string }),
  );
});

test("each pool of the matrix has a change that is refused", () => {
  expect(Object.keys(SPOILT).sort()).toEqual(Object.keys(MATRIX).sort());
});

test("the API server refuses fields that Karpenter does not know", () => {
  const objects = objectsOf("p5-on-demand");
  set(objects, ["nodeClass", "spec", "capacityReservationPreference"], "none");
  expect(faultsOf(objects)).not.toEqual([]);
});

test("a pool cannot become one of a fixed count, nor the reverse", () => {
  const [scaling, fixed] = ["p5-on-demand", "p5-static"].map((name) => {
    const { nodePool } = objectsOf(name);
    return { ...nodePool, metadata: { name: "training" } };
  });
  for (const pair of [[scaling, fixed] as const, [fixed, scaling] as const]) {
    const [verdict] = validator.validateUpdates([pair]);
    expect(verdict?.errors).toContainEqual(
      expect.objectContaining({ message: expect.stringMatching(/static .* and dynamic/) as string }),
    );
  }
});

function set(target: unknown, [step = "", ...rest]: readonly string[], value: unknown): void {
  const fields = target as Fields;
  if (rest.length === 0) fields[step] = value;
  else set(fields[step], rest, value);
}
