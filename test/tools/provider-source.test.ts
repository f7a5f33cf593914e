import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aliasHost, writeDownloadConfig, writeMirrorConfig } from "../../tools/embedded/cli-config";
import { ChildProcesses } from "../../tools/embedded/processes";
import { downloadProvider, reasonIn } from "../../tools/embedded/provider-download";
import { findProvider, type ProviderSearch } from "../../tools/embedded/provider-source";
import { Workspace } from "../../tools/embedded/workspace";

const AWS = "hashicorp/aws";
let root: string;
let downloads: number;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "aidc-provider-")));
  downloads = 0;
});
afterEach(() => rmSync(root, { recursive: true }));

/** Makes a folder that holds the provider. */
function mirror(folder: string, host = "registry.terraform.io", version = "5.100.0", platform = "linux_amd64"): string {
  const place = join(root, folder, host, AWS, version, platform);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, `terraform-provider-aws_v${version}_x5`), "");
  return join(root, folder);
}

function find(more: Partial<ProviderSearch> = {}) {
  return findProvider({
    user: { HOME: join(root, "home"), XDG_DATA_DIRS: join(root, "share") },
    terraform: { product: "terraform", platform: "linux_amd64" },
    cache: join(root, "cache"),
    optFolder: join(root, "opt"),
    download: async () => {
      downloads += 1;
      return "could not connect to registry.terraform.io";
    },
    ...more,
  });
}

test("takes TF_PLUGIN_DIR before everything else", async () => {
  mirror("cache");
  const folder = mirror("mine");
  expect(await find({ user: { TF_PLUGIN_DIR: folder } })).toMatchObject({ folder, origin: "TF_PLUGIN_DIR" });
  expect(downloads).toBe(0);
});

test("refuses a TF_PLUGIN_DIR without the provider instead of looking elsewhere", async () => {
  mirror("cache");
  const folder = mirror("mine", "registry.terraform.io", "6.0.0");
  await expect(find({ user: { TF_PLUGIN_DIR: folder } })).rejects.toMatchObject({
    message: expect.stringContaining(
      `TF_PLUGIN_DIR (${folder}) holds no hashicorp/aws 5.100.0 for linux_amd64`,
    ) as string,
    exitCode: 2,
  });
});

test("downloads from the registry once, and takes that download from then on", async () => {
  const download = async () => {
    downloads += 1;
    mirror("cache");
    return undefined;
  };
  expect(await find({ download })).toMatchObject({ folder: join(root, "cache"), origin: "registry.terraform.io" });
  expect(await find({ download })).toMatchObject({ origin: "an earlier download" });
  expect(downloads).toBe(1);
});

test.each([
  "home/.terraform.d/plugins",
  "home/.local/share/terraform/plugins",
  "share/terraform/plugins",
  "opt/anything",
])("finds a provider in %s when the registry cannot be reached", async (place) => {
  const folder = mirror(place);
  expect(await find()).toEqual({ folder, host: "registry.terraform.io", origin: "a local plugin folder" });
  expect(downloads).toBe(1);
});

test("reads packed mirrors too", async () => {
  const place = join(root, "opt", "packed", "registry.terraform.io", AWS);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "terraform-provider-aws_5.100.0_linux_amd64.zip"), "");
  expect(await find()).toMatchObject({ folder: join(root, "opt", "packed") });
});

test.each([
  ["another version", "registry.terraform.io", "5.99.0", "linux_amd64"],
  ["another platform", "registry.terraform.io", "5.100.0", "darwin_arm64"],
  ["another host", "example.com", "5.100.0", "linux_amd64"],
])("does not take %s, and names every place it looked at", async (_what, host, version, platform) => {
  const folder = mirror("opt/plugins", host, version, platform);
  const message = await find().catch((error: Error) => error.message);
  expect(message).toContain("could not connect to registry.terraform.io");
  expect(message).toContain(folder);
  expect(message).toContain(join(root, "share", "terraform", "plugins"));
  expect(message).toContain(
    "set TF_PLUGIN_DIR to a folder that holds registry.terraform.io/hashicorp/aws/5.100.0/linux_amd64/",
  );
});

test("gives OpenTofu the same provider under its own registry's name", async () => {
  const folder = mirror("opt/plugins");
  const source = await find({ terraform: { product: "opentofu", platform: "linux_amd64" } });
  expect(source.host).toBe("registry.terraform.io");
  const alias = aliasHost(folder, source.host, "registry.opentofu.org", join(root, "alias"));
  expect(realpathSync(join(alias, "registry.opentofu.org", AWS))).toBe(join(folder, "registry.terraform.io", AWS));
  expect(aliasHost(folder, "registry.terraform.io", "registry.terraform.io", join(root, "alias"))).toBe(folder);
});

test("lets providers come from the mirror only, and downloads from the registry only", () => {
  const file = join(root, "terraform.rc");
  writeMirrorConfig(file, '/a "b"/c');
  const mirrored = readFileSync(file, "utf8");
  expect(mirrored).toContain('path = "/a \\"b\\"/c"');
  expect(mirrored).not.toContain("direct");
  writeDownloadConfig(file, join(root, "new"));
  const downloaded = readFileSync(file, "utf8");
  expect(downloaded).toContain("direct {}");
  expect(downloaded).toContain(`plugin_cache_dir = "${join(root, "new")}"`);
});

describe("a download", () => {
  const CACHED = "registry.terraform.io/hashicorp/aws/5.100.0/linux_amd64";

  /** Runs a download with a script in Terraform's place, which is told the cache by the CLI configuration, as Terraform is. */
  async function download(script: string) {
    const terraform = join(root, "terraform");
    const readCache = `cache=$(/bin/sed -n 's/^plugin_cache_dir = "\\(.*\\)"$/\\1/p' "$TF_CLI_CONFIG_FILE")`;
    writeFileSync(terraform, `#!/bin/sh\n${readCache}\n${script}\n`, { mode: 0o755 });
    const workspace = new Workspace(join(root, "work"));
    workspace.prepare(false);
    const said: string[] = [];
    const user = { PATH: process.env.PATH, HTTPS_PROXY: "http://proxy:1", AWS_PROFILE: "production" };
    const children = new ChildProcesses();
    const cache = join(root, "cache");
    const reason = await downloadProvider({
      children,
      workspace,
      user,
      terraform,
      cache,
      say: (line) => said.push(line),
    });
    return { reason, said, left: readdirSync(workspace.root), cache };
  }

  test("is announced with its size, keeps the provider, and leaves nothing else", async () => {
    const script = `env > "${root}/env.txt"; /bin/mkdir -p "$cache/${CACHED}"; : > "$cache/${CACHED}/terraform-provider-aws_v5.100.0_x5"`;
    const { reason, said, left, cache } = await download(script);
    expect(reason).toBeUndefined();
    expect(said).toEqual([expect.stringMatching(/hashicorp\/aws 5\.100\.0: about \d+ MB to download, \d+ MB on disk/)]);
    expect(left).not.toContain("provider-download");
    expect(await find()).toMatchObject({ folder: cache, origin: "an earlier download" });
    const env = readFileSync(join(root, "env.txt"), "utf8");
    expect(env).toContain("HTTPS_PROXY=http://proxy:1");
    expect(env).not.toContain("AWS_");
  });

  test("that fails half-way is no provider, and tells why", async () => {
    const script = `/bin/mkdir -p "$cache/${CACHED}"; : > "$cache/${CACHED}/terraform-provider-aws"; echo "Error: cut off" >&2; exit 1`;
    const { reason } = await download(script);
    expect(reason).toBe("cut off");
    expect(readdirSync(root).filter((name) => name.startsWith("cache"))).toEqual([]);
  });
});

test("puts Terraform's reason for a failed download into one line", () => {
  const text = "╷\n│ Error: Failed to query available provider packages\n│\n│ Could not retrieve: no such host\n╵\n";
  expect(reasonIn(text)).toBe("Failed to query available provider packages Could not retrieve: no such host");
  expect(reasonIn("")).toBe("terraform init failed");
});
