import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { InvalidProps } from "../../core";
import { addCustomSynthesis, type Construct, TerraformStack, Token } from "../../terraform/cdktf";
import type { HelmRelease } from "../helm-release";
import { type KubernetesManifest, manifestKey } from "../manifest";
import { fileNameOf, ordered, yamlOf } from "./manifest-file";
import { type PlacedObject, Renderer, type Rendering } from "./renderer";

export interface FilesOptions {
  /** Folder of the files: an absolute path, or one below the app's output folder. @default "manifests/<stack>" */
  readonly directory?: string;
}

/** @internal */
export class FilesRenderer extends Renderer {
  public constructor(private readonly options: FilesOptions) {
    super();
  }

  public override bind(scope: Construct): Rendering {
    const stack = TerraformStack.of(scope).node.id;
    const rendering = new FilesRendering(this.options.directory ?? join("manifests", stack));
    addCustomSynthesis(scope, { onSynthesize: ({ outdir }) => rendering.write(outdir) });
    return rendering;
  }
}

/** Names of the files that the last synth wrote, so that those of objects that are gone can be taken away, and nobody else's. */
const INDEX = ".written.json";

class FilesRendering implements Rendering {
  private readonly files = new Map<string, string>();

  public constructor(private readonly directory: string) {}

  public place(scope: Construct, id: string, manifest: KubernetesManifest): PlacedObject {
    const key = manifestKey(manifest);
    refuseTokens(manifest, `${scope.node.path}/${id}`, key);
    this.add(fileNameOf(manifest), yamlOf(ordered(manifest)), `${scope.node.path}/${id}`);
    return { key, dependables: [] };
  }

  /** A release is no Kubernetes object: its values lie in a folder of their own, for whatever installs charts. */
  public install(scope: Construct, id: string, release: HelmRelease): PlacedObject {
    const { name, namespace, chart, values, repository = chart.repository } = release;
    const key = `HelmRelease ${namespace}/${name}`;
    refuseTokens(values, `${scope.node.path}/${id}`, key);
    const about = { release: name, namespace, repository, chart: chart.name, version: chart.version, values };
    this.add(`helm/${namespace}_${name}.yaml`, yamlOf(about), `${scope.node.path}/${id}`);
    return { key, dependables: [] };
  }

  public write(outdir: string): void {
    const folder = isAbsolute(this.directory) ? this.directory : join(outdir, this.directory);
    for (const name of writtenBefore(folder)) {
      if (!this.files.has(name)) rmSync(join(folder, name), { force: true });
    }
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of this.files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    writeFileSync(join(folder, INDEX), `${JSON.stringify([...this.files.keys()].sort(), undefined, 2)}\n`);
  }

  private add(name: string, text: string, at: string): void {
    if (this.files.has(name)) {
      throw new InvalidProps("MANIFEST_DUPLICATE", at, { got: name, allowed: "names that differ in a file name too" });
    }
    this.files.set(name, text);
  }
}

function writtenBefore(folder: string): string[] {
  const index = join(folder, INDEX);
  if (!existsSync(index)) return [];
  const names = JSON.parse(readFileSync(index, "utf8")) as string[];
  return names.filter((name) => /^(helm\/)?[a-z0-9._-]+\.yaml$/.test(name));
}

function refuseTokens(value: unknown, at: string, key: string): void {
  if (typeof value === "string") {
    if (!Token.isUnresolved(value)) return;
    const refusal = {
      got: value,
      allowed: "values that are known at synth: a file is written before anything is applied",
    };
    throw new InvalidProps("MANIFEST_UNRESOLVED", `${at} ${key}`, refusal);
  }
  if (typeof value !== "object" || value === null) return;
  for (const [member, inner] of Object.entries(value)) refuseTokens(inner, at, `${key}.${member}`);
}
