import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Environment } from "./environment";
import { Unready } from "./failures";
import type { TerraformBinary } from "./toolchain";
import { PROVIDER_VERSION } from "./workspace";

/** Registries under which the same provider binary is kept. */
const HOSTS = { terraform: "registry.terraform.io", opentofu: "registry.opentofu.org" } as const;

/** The registry that a product takes `hashicorp/aws` from. */
export function hostOf(product: TerraformBinary["product"]): string {
  return HOSTS[product];
}

/** A folder from which Terraform can install the provider. */
export interface ProviderSource {
  readonly folder: string;
  /** Host folder in it that holds the provider. */
  readonly host: string;
  /** For the user: where it came from. */
  readonly origin: string;
}

/** Where to look, and how to download; both are given so that tests need neither a network nor /opt. */
export interface ProviderSearch {
  readonly user: Environment;
  readonly terraform: Pick<TerraformBinary, "product" | "platform">;
  /** Our own download of an earlier run. */
  readonly cache: string;
  /** Parent of folders that may hold a mirror. @default "/opt" */
  readonly optFolder?: string;
  /** Downloads into the cache. @returns undefined when it worked, else why not, one line */
  readonly download: () => Promise<string | undefined>;
}

/**
 * Finds the one provider version that the emulator is tested with: in TF_PLUGIN_DIR if that is set, else in an earlier
 * download, from the registry, in the folders that Terraform itself searches, and in a mirror one level below /opt.
 * @throws Unready when there is none, with every place looked at
 */
export async function findProvider(search: ProviderSearch): Promise<ProviderSource> {
  const named = search.user.TF_PLUGIN_DIR;
  if (named !== undefined && named !== "") {
    const source = inFolder(resolve(named), "TF_PLUGIN_DIR", search);
    if (source) return source;
    throw new Unready(`TF_PLUGIN_DIR (${named}) holds no ${wanted(search)}`, layout(search));
  }
  const cached = inFolder(search.cache, "an earlier download", search);
  if (cached) return cached;
  const refusal = await search.download();
  const downloaded = refusal === undefined ? inFolder(search.cache, HOSTS[search.terraform.product], search) : undefined;
  if (downloaded) return downloaded;
  const folders = localFolders(search.user, search.optFolder);
  for (const folder of folders) {
    const source = inFolder(folder, "a local plugin folder", search);
    if (source) return source;
  }
  throw new Unready(
    `the registry cannot be used (${refusal ?? "nothing was installed"}), and there is no ${wanted(search)} in ${folders.join(", ")}`,
    layout(search),
  );
}

/** Terraform's implied local mirrors, then every folder one level below /opt. */
export function localFolders(user: Environment, optFolder = "/opt"): string[] {
  const home = user.HOME ?? "";
  const data = (user.XDG_DATA_HOME || join(home, ".local", "share")) + `:${user.XDG_DATA_DIRS || "/usr/local/share:/usr/share"}`;
  const implied = data.split(":").map((folder) => join(folder, "terraform", "plugins"));
  const below = existsSync(optFolder) ? readdirSync(optFolder).sort() : [];
  return [join(home, ".terraform.d", "plugins"), ...implied, ...below.map((name) => join(optFolder, name))];
}

function inFolder(folder: string, origin: string, { terraform }: ProviderSearch): ProviderSource | undefined {
  const own = HOSTS[terraform.product];
  const hosts = [own, ...Object.values(HOSTS).filter((host) => host !== own)];
  const host = hosts.find((name) => holdsProvider(join(folder, name, "hashicorp", "aws"), terraform.platform));
  return host === undefined ? undefined : { folder, host, origin };
}

/** Both layouts that Terraform reads: unpacked folders, and the archives as they are downloaded. */
function holdsProvider(folder: string, platform: string): boolean {
  const unpacked = join(folder, PROVIDER_VERSION, platform);
  const packed = join(folder, `terraform-provider-aws_${PROVIDER_VERSION}_${platform}.zip`);
  return existsSync(packed) || (existsSync(unpacked) && readdirSync(unpacked).some((f) => f.startsWith("terraform-provider-aws")));
}

function wanted({ terraform }: ProviderSearch): string {
  return `hashicorp/aws ${PROVIDER_VERSION} for ${terraform.platform}`;
}

function layout({ terraform }: ProviderSearch): string {
  const path = `${HOSTS.terraform}/hashicorp/aws/${PROVIDER_VERSION}/${terraform.platform}`;
  return `Allow access to ${HOSTS[terraform.product]}, or set TF_PLUGIN_DIR to a folder that holds ${path}/.`;
}
