import { AccessMode, type IGrantee, type PolicyStatement } from "cdktf-ai-datacenter/contracts";
import { grantAccess, ObjectStore } from "cdktf-ai-datacenter/storage";
import { testStack } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";

function setUp() {
  const stack = testStack();
  const datasets = ObjectStore.fromAttributes(stack, "Datasets", { bucketName: "datasets" });
  const models = ObjectStore.fromAttributes(stack, "Models", { bucketName: "models" });
  const statements: PolicyStatement[] = [];
  const grantee: IGrantee = { allow: (statement) => void statements.push(statement) };
  const objects = () =>
    statements
      .filter(({ actions }) => actions.includes("s3:GetObject"))
      .map(({ actions, resources }) => [resources.join(), actions.includes("s3:PutObject")]);
  return { stores: [datasets, models], grantee, objects };
}

const of = (bucket: string, path: string) => `arn:aws:s3:::${bucket}/${path}`;

test("grants exactly the folders that are used", () => {
  const { stores, grantee, objects } = setUp();
  grantAccess(grantee, stores, [
    { uri: "s3://datasets/ner/train/", mode: AccessMode.READ },
    { uri: "s3://models/research/ner-1/", mode: AccessMode.WRITE },
    { uri: "s3://models/runtime/abc.zip", mode: AccessMode.READ },
    { uri: "s3://models/base", mode: AccessMode.READ },
  ]);
  expect(objects()).toEqual([
    [of("datasets", "ner/train/*"), false],
    [of("models", "research/ner-1/*"), true],
    [of("models", "runtime/*"), false],
    [of("models", "base/*"), false],
  ]);
});

test("grants nothing twice, and no reading of what may be written", () => {
  const { stores, grantee, objects } = setUp();
  const read = { uri: "s3://models/research/ner-1/export/", mode: AccessMode.READ };
  grantAccess(grantee, stores, [read, read, { uri: "s3://models/research/ner-1/", mode: AccessMode.WRITE }]);
  expect(objects()).toEqual([[of("models", "research/ner-1/*"), true]]);
});

test("refuses what lies in none of the stores", () => {
  const { stores, grantee } = setUp();
  const elsewhere = { uri: "s3://models-of-others/x/", mode: AccessMode.READ };
  expect(() => grantAccess(grantee, stores, [elsewhere], "test/Job.access")).toRefuse("STORAGE_ACCESS_UNKNOWN", {
    path: "test/Job.access",
    got: elsewhere.uri,
  });
  expect(() => grantAccess(grantee, [], [elsewhere])).toRefuse("STORAGE_ACCESS_UNKNOWN");
});
