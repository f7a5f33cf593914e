import { synthApp, testApp, valueAt } from "cdktf-ai-datacenter/testing";
import { stages } from "../../stacks/config";
import { addStage } from "../../stacks/datacenter";
import { guardPlan, type GuardReport } from "../../lib/cli/guard";
import type { ResourceChange } from "../../lib/cli/plan";
import { PROTECTED_TYPES } from "../../lib/core/protected-types";

const ADDRESS = "aws_s3_bucket.Store_Resource_1A2B3C4D";

function change(actions: readonly string[], more: Partial<ResourceChange> = {}): ResourceChange {
  const { change: details, ...rest } = more;
  return { address: ADDRESS, mode: "managed", type: "aws_s3_bucket", change: { actions, ...details }, ...rest };
}

const judged = (resource: ResourceChange, allowed: readonly string[] = []) =>
  guardPlan({ resource_changes: [resource] }, allowed);
const addresses = (report: GuardReport) => report.refused.map(({ address }) => address);

test.each([["no-op"], ["create"], ["read"], ["update"]])("lets %s pass", (action) => {
  expect(judged(change([action]))).toEqual({ refused: [], allowed: [], forgotten: [], unknown: [], idle: [] });
});

test("refuses to delete a protected resource, and says why and what is lost", () => {
  expect(judged(change(["delete"], { action_reason: "delete_because_no_resource_config" })).refused).toEqual([
    {
      address: ADDRESS,
      type: "aws_s3_bucket",
      action: "delete",
      because: "it is no longer in the configuration",
      loss: PROTECTED_TYPES.aws_s3_bucket,
    },
  ]);
});

test.each([[["delete", "create"]], [["create", "delete"]]])(
  "refuses to replace by %j, and names what forces it",
  (actions) => {
    const replace_paths = [["bucket"], ["rule", 0, "filter"]];
    const report = judged(
      change(actions, { change: { actions, replace_paths }, action_reason: "replace_because_cannot_update" }),
    );
    expect(report.refused).toEqual([
      expect.objectContaining({
        action: "replace",
        because: "changed: bucket, rule[0].filter; the provider cannot change it in place",
      }),
    ]);
  },
);

test("says so where the plan gives no reason, and keeps a reason that it does not know", () => {
  expect(judged(change(["delete"])).refused[0]?.because).toBe("the plan gives no reason");
  expect(judged(change(["delete"], { action_reason: "because_of_x" })).refused[0]?.because).toBe("because_of_x");
});

test("lets resources of other types go", () => {
  expect(addresses(judged(change(["delete"], { type: "aws_iam_role" })))).toEqual([]);
  expect(addresses(judged(change(["delete"], { type: "constructor" })))).toEqual([]);
});

test("takes no interest in data sources", () => {
  expect(addresses(judged(change(["delete"], { mode: "data" })))).toEqual([]);
});

test("lets a resource go that is allowed by its exact address", () => {
  const report = judged(change(["delete"]), [ADDRESS]);
  expect(report).toMatchObject({ refused: [], allowed: [{ address: ADDRESS }], unknown: [], idle: [] });
  expect(addresses(judged(change(["delete"]), ["aws_s3_bucket.Store"]))).toEqual([ADDRESS]);
});

test("tells which allowed addresses the plan does not know, and which it does not destroy", () => {
  expect(judged(change(["delete"]), ["aws_s3_bucket.Stor"]).unknown).toEqual(["aws_s3_bucket.Stor"]);
  expect(judged(change(["update"]), [ADDRESS])).toMatchObject({ unknown: [], idle: [ADDRESS] });
});

test("lets an allowed address of an unprotected type pass without a word", () => {
  const role = change(["delete"], { type: "aws_iam_role" });
  expect(judged(role, [ADDRESS])).toEqual({ refused: [], allowed: [], forgotten: [], unknown: [], idle: [] });
});

test("lets a resource move", () => {
  expect(addresses(judged(change(["no-op"], { previous_address: "aws_s3_bucket.Old" })))).toEqual([]);
  expect(addresses(judged(change(["update"], { previous_address: "aws_s3_bucket.Old" })))).toEqual([]);
});

test("refuses to delete a deposed object, and tells which", () => {
  expect(judged(change(["delete"], { deposed: "00aabb11" })).refused).toEqual([
    expect.objectContaining({ deposed: "00aabb11", because: expect.stringContaining("deposed object 00aabb11") }),
  ]);
});

test("notes what is forgotten, and does not refuse it", () => {
  expect(judged(change(["forget"]))).toMatchObject({
    refused: [],
    forgotten: [{ address: ADDRESS, action: "forget" }],
  });
  expect(judged(change(["create", "forget"]))).toMatchObject({ refused: [], forgotten: [{ action: "forget" }] });
});

test("refuses an action that it does not know", () => {
  expect(addresses(judged(change(["evaporate"])))).toEqual([ADDRESS]);
});

test.each([
  ["kubernetes_manifest", { manifest: { kind: "CustomResourceDefinition" } }],
  ["kubernetes_manifest", { manifest: { kind: "PersistentVolumeClaim" } }],
  ["kubectl_manifest", { kind: "Namespace" }],
])("refuses to delete, as a %s, %j", (type, before) => {
  expect(addresses(judged(change(["delete"], { type, change: { actions: ["delete"], before } })))).toEqual([ADDRESS]);
});

test.each([
  ["kubernetes_manifest", { manifest: { kind: "ConfigMap" } }],
  ["kubernetes_manifest", { manifest: null }],
  ["kubectl_manifest", null],
])("lets go, as a %s, %j", (type, before) => {
  expect(addresses(judged(change(["delete"], { type, change: { actions: ["delete"], before } })))).toEqual([]);
});

test("protects every type that the reference stacks keep from being destroyed", () => {
  const app = testApp();
  for (const stage of stages) addStage(app, stage);
  const kept = Object.values(synthApp(app)).flatMap(({ resource }) =>
    Object.keys(resource).filter((type) =>
      Object.values(resource[type] ?? {}).some(
        (properties) => valueAt(properties, "lifecycle.prevent_destroy") === true,
      ),
    ),
  );
  expect(kept).toEqual(expect.arrayContaining(["aws_vpc", "aws_kms_key", "aws_s3_bucket", "aws_eks_cluster"]));
  expect(kept.filter((type) => !(type in PROTECTED_TYPES))).toEqual([]);
});

test("tells a loss for each type, as a part of a sentence", () => {
  for (const [type, loss] of Object.entries(PROTECTED_TYPES)) {
    expect([type, loss]).toEqual([
      expect.stringMatching(/^(aws|kubernetes)_[a-z0-9_]+$/),
      expect.stringMatching(/^[a-z].*[^.]$/),
    ]);
  }
});
