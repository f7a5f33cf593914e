import { Backend } from "cdktf-ai-datacenter/core";
import { synthStack, testStack } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";

const backendOf = (backend: Backend) => synthStack(testStack({ backend }), { backend: true }).terraform.backend;
const s3 = { bucket: "states", region: "us-east-1", kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/k" };

test("keeps local state beside cdktf.json, three levels above where Terraform runs", () => {
  expect(backendOf(Backend.local("state"))).toEqual({ local: { path: "../../../state/test.tfstate" } });
  expect(backendOf(Backend.local("./a/../state/"))).toEqual({ local: { path: "../../../state/test.tfstate" } });
});

test.each(["/var/state", "../state", "a/../../state", ".."])("refuses the local folder %j", (folder) => {
  expect(() => Backend.local(folder)).toRefuse("BACKEND_PATH_ABSOLUTE", { got: folder });
});

test("encrypts S3 state with the key and locks it by a lock object", () => {
  expect(backendOf(Backend.s3(s3))).toEqual({
    s3: {
      bucket: "states",
      region: "us-east-1",
      key: "state/test.tfstate",
      encrypt: true,
      kms_key_id: s3.kmsKeyArn,
      use_lockfile: true,
    },
  });
});

test("takes a key prefix and a role for S3 state", () => {
  const roleArn = "arn:aws:iam::123456789012:role/state";
  expect(backendOf(Backend.s3({ ...s3, keyPrefix: "team/ai", roleArn }))).toMatchObject({
    s3: { key: "team/ai/test.tfstate", assume_role: { role_arn: roleArn } },
  });
});
