import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ObjectStore, RuntimeBundle } from "cdktf-ai-datacenter/storage";
import { synthStack, testStack, theResource } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "aidc-runtime-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(manifest: object = {}): string {
  const bytes = "a bundle";
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  writeFileSync(join(folder, `${sha256}.zip`), bytes);
  writeFileSync(
    join(folder, "manifest.json"),
    JSON.stringify({ version: "0.1.0", sha256, file: `${sha256}.zip`, ...manifest }),
  );
  return sha256;
}

function upload(prefix?: string) {
  const stack = testStack();
  const store = ObjectStore.fromAttributes(stack, "Models", { bucketName: "models" });
  return { bundle: new RuntimeBundle(stack, "Runtime", { store, folder, prefix }), stack };
}

test("is an object that is called by its content", () => {
  const sha256 = write();
  const { bundle, stack } = upload();
  expect(bundle.reference).toEqual({ uri: `s3://models/runtime/${sha256}.zip`, sha256, version: "0.1.0" });
  expect(theResource(synthStack(stack), "aws_s3_object").properties).toMatchObject({
    bucket: "models",
    key: `runtime/${sha256}.zip`,
    source: expect.stringContaining(`${sha256}.zip`) as string,
  });
  expect(upload("shared/runtime").bundle.reference.uri).toBe(`s3://models/shared/runtime/${sha256}.zip`);
});

test("refuses a folder without a bundle, and one that is not what its manifest says", () => {
  expect(() => upload()).toRefuse("RUNTIME_BUNDLE_MISSING", { path: "test/Runtime.folder", got: folder });
  write({ sha256: "0".repeat(64) });
  expect(() => upload()).toRefuse("RUNTIME_BUNDLE_MISSING");
  write({ file: "none.zip" });
  expect(() => upload()).toRefuse("RUNTIME_BUNDLE_MISSING");
});
