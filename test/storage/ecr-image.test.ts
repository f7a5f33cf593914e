import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createHash } from "node:crypto";
import { strToU8, zipSync } from "fflate";
import { EncryptionKey } from "cdktf-ai-datacenter/security";
import { EcrImage, type EcrImageProps, ObjectStore } from "cdktf-ai-datacenter/storage";
import { synthStack, testStack, theResource } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import { BUILD_COMMANDS } from "../../lib/storage/image-build";

const SHA256 = "b".repeat(64);
const BASE = `registry.example.com/pytorch@sha256:${"a".repeat(64)}`;

function image(more: Partial<EcrImageProps> = {}) {
  const stack = testStack({ id: "images" });
  const encryptionKey = new EncryptionKey(stack, "Key");
  const store = ObjectStore.fromAttributes(stack, "Models", { bucketName: "models" });
  const runtime = { uri: `s3://models/runtime/${SHA256}.zip`, sha256: SHA256, version: "0.1.0" };
  const made = new EcrImage(stack, "Training", { runtime, store, baseImage: BASE, encryptionKey, ...more });
  return { made, stack };
}

describe("an image", () => {
  const { stack, made } = image();
  const synthesized = synthStack(stack);

  test("lies in a repository whose tags stay, encrypted and scanned", () => {
    expect(theResource(synthesized, "aws_ecr_repository").properties).toMatchObject({
      name: "aidc/training",
      image_tag_mutability: "IMMUTABLE",
      image_scanning_configuration: { scan_on_push: true },
      encryption_configuration: [{ encryption_type: "KMS" }],
      lifecycle: { prevent_destroy: true },
    });
  });

  test("is deleted by nobody while it has a tag", () => {
    const { policy } = theResource(synthesized, "aws_ecr_lifecycle_policy").properties as { policy: string };
    const { rules } = JSON.parse(policy) as { rules: readonly { selection: { tagStatus: string } }[] };
    expect(rules.map(({ selection }) => selection.tagStatus)).toEqual(["untagged"]);
  });

  test("is tagged by all that is in it", () => {
    expect(made.tag).toMatch(/^0\.1\.0-[0-9a-f]{12}$/);
    expect(image({ baseImage: BASE.replace("a@", "b@").replace(/a{64}/, "c".repeat(64)) }).made.tag).not.toBe(made.tag);
  });

  test("is built by a role that may read the bundle and push there, and nothing else", () => {
    const { policy } = theResource(synthesized, "aws_iam_role_policy").properties as { policy: string };
    const { Statement } = JSON.parse(policy) as {
      Statement: readonly { Action: string | string[]; Resource: unknown }[];
    };
    const byAction = (action: string) => Statement.filter(({ Action }) => [Action].flat().includes(action));
    expect(byAction("ecr:PutImage").map(({ Resource }) => Resource)).toEqual([expect.stringContaining("Repository")]);
    expect(byAction("s3:GetObject").map(({ Resource }) => Resource)).toEqual(["arn:aws:s3:::models/runtime/*"]);
    expect(byAction("s3:PutObject")).toEqual([]);
    expect(Statement.filter(({ Resource }) => Resource === "*").map(({ Action }) => Action)).toEqual([
      "ecr:GetAuthorizationToken",
    ]);
  });

  test("is built from the bundle alone", () => {
    const project = theResource(synthesized, "aws_codebuild_project").properties as {
      source: { type: string; buildspec: string };
      environment: { environment_variable: readonly { name: string; value: string }[] };
    };
    expect(project.source.type).toBe("NO_SOURCE");
    const text = project.source.buildspec.replaceAll("$${", "${").replaceAll("%%%%", "%%");
    const { phases } = JSON.parse(text) as { phases: { build: { commands: readonly string[] } } };
    expect(phases.build.commands).toHaveLength(1);
    const variables = Object.fromEntries(
      project.environment.environment_variable.map(({ name, value }) => [name, value]),
    );
    expect(variables).toMatchObject({ BUNDLE_SHA256: SHA256, BASE_IMAGE: BASE, TAG: made.tag });
  });

  test.each([[{ baseImage: "pytorch:2" }], [{ repositoryName: "Training" }], [{ repositoryName: "a//b" }]])(
    "refuses %j",
    (more) => {
      expect(() => image(more)).toRefuse("IMAGE_BUILD_INVALID", {
        path: `images/Training.${Object.keys(more).join()}`,
      });
    },
  );
});

describe("the build", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "aidc-build-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the commands with an `aws` and a `docker` that write down what they are asked. */
  function build(sha256?: string, isBuilt = false) {
    const bytes = zipSync({ Dockerfile: strToU8("FROM x"), "pyproject.toml": strToU8(""), "p/a.py": strToU8("1") });
    writeFileSync(join(folder, "store.zip"), bytes);
    mkdirSync(join(folder, "bin"));
    const describe = isBuilt ? 'echo "sha256:1"' : 'if [ -f pushed ]; then echo "sha256:2"; else exit 254; fi';
    const fakes = {
      aws: `#!/bin/sh\ncase "$1 $2" in "s3 cp") cp store.zip "$5" ;; "ecr describe-images") ${describe} ;; *) echo password ;; esac\n`,
      docker: '#!/bin/sh\necho "$@" >> docker-calls\ncase $1 in push) touch pushed ;; login) cat > /dev/null ;; esac\n',
    };
    for (const [name, text] of Object.entries(fakes)) {
      writeFileSync(join(folder, "bin", name), text);
      chmodSync(join(folder, "bin", name), 0o755);
    }
    const env = {
      PATH: `${join(folder, "bin")}${delimiter}${process.env.PATH ?? ""}`,
      BASE_IMAGE: BASE,
      BUNDLE_SHA256: sha256 ?? createHash("sha256").update(bytes).digest("hex"),
      BUNDLE_URI: "s3://models/runtime/x.zip",
      REPOSITORY_NAME: "aidc/training",
      REPOSITORY_URL: "1.dkr.ecr.us-east-1.amazonaws.com/aidc/training",
      TAG: "0.1.0-abc",
    };
    return execFileSync("sh", ["-c", BUILD_COMMANDS.join("\n")], { cwd: folder, env, encoding: "utf8", stdio: "pipe" });
  }

  test("pushes what it built, and prints its digest", () => {
    expect(build()).toContain("built: 1.dkr.ecr.us-east-1.amazonaws.com/aidc/training@sha256:2");
    const calls = readFileSync(join(folder, "docker-calls"), "utf8");
    expect(calls).toContain("login --username AWS --password-stdin 1.dkr.ecr.us-east-1.amazonaws.com\n");
    expect(calls).toContain(`build --pull --build-arg BASE_IMAGE=${BASE} --tag`);
    expect(readFileSync(join(folder, "context/Dockerfile"), "utf8")).toBe("FROM x");
    expect(readFileSync(join(folder, "context/src/p/a.py"), "utf8")).toBe("1");
  });

  test("builds nothing twice, and nothing of a bundle whose hash differs", () => {
    expect(build(undefined, true)).toContain("built already");
    rmSync(join(folder, "bin"), { recursive: true });
    expect(() => build("0".repeat(64))).toThrow();
    expect(() => readFileSync(join(folder, "docker-calls"))).toThrow();
  });
});
