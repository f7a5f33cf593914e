import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClusterConnection } from "../../contracts";
import { escape, jsonText } from "../../core";
import { addCustomSynthesis, type Construct, dependable, Lazy, TerraformStack } from "../../terraform/cdktf";
import { Release } from "../../terraform/helm";
import type { HelmRelease } from "../helm-release";
import { type KubernetesManifest, manifestKey } from "../manifest";
import { type ChartTemplate, chartTemplate } from "./chart-template";
import { HelmInstaller } from "./helm-installer";
import { fileNameOf } from "./manifest-file";
import { type PlacedObject, type PlaceOrder, Renderer, type Rendering } from "./renderer";
import { yamlSafeJson } from "./yaml-safe-json";

export interface ChartOptions {
  /** Name of the release and of the chart: lower-case letters, digits and "-". */
  readonly name: string;
  /** Namespace that Helm keeps its record of the release in. */
  readonly namespace: string;
}

/** @internal */
export class ChartRenderer extends Renderer {
  public constructor(private readonly options: ChartOptions) {
    super();
  }

  public override bind(scope: Construct, connection: ClusterConnection): Rendering {
    return new ChartRendering(scope, connection, this.options);
  }
}

/**
 * Objects inside one release are ordered by Helm, by their kinds; `after` orders the release behind what is not in it.
 */
class ChartRendering implements Rendering {
  private readonly helm: HelmInstaller;
  private readonly templates = new Map<string, ChartTemplate>();
  private readonly release: Release;

  public constructor(
    scope: Construct,
    connection: ClusterConnection,
    private readonly options: ChartOptions,
  ) {
    const stack = TerraformStack.of(scope);
    this.helm = new HelmInstaller(scope, stack, connection);
    this.helm.addProvider();
    this.release = new Release(scope, "Chart", {
      name: escape(options.name),
      namespace: escape(options.namespace),
      chart: `./${this.folder}`,
      // The provider looks at a local chart's version and not into its files.
      version: Lazy.stringValue({ produce: () => this.version }),
      values: Lazy.listValue({ produce: () => [yamlSafeJson(jsonText({ references: this.references }))] }),
      atomic: true,
    });
    addCustomSynthesis(scope, {
      onSynthesize: ({ outdir, manifest }) => this.write(join(outdir, manifest.forStack(stack).workingDirectory)),
    });
  }

  public place(_scope: Construct, _id: string, manifest: KubernetesManifest, { after }: PlaceOrder): PlacedObject {
    this.templates.set(this.unusedFileName(manifest), chartTemplate(manifest, `v${this.templates.size}x`));
    this.waitFor(after);
    return { key: manifestKey(manifest), dependables: [this.release] };
  }

  public install(scope: Construct, id: string, release: HelmRelease, after: readonly PlacedObject[]): PlacedObject {
    return this.helm.install(scope, id, release, after);
  }

  /** Names of objects may differ in what names of files cannot hold: "team:a" and "team-a" are two cluster roles. */
  private unusedFileName(manifest: KubernetesManifest): string {
    const wanted = fileNameOf(manifest);
    let name = wanted;
    for (let next = 2; this.templates.has(name); next += 1) name = wanted.replace(/\.yaml$/, `_${next}.yaml`);
    return name;
  }

  private waitFor(after: readonly PlacedObject[]): void {
    const others = after.flatMap(({ dependables }) => dependables).filter((other) => other !== this.release);
    this.release.dependsOn = [
      ...new Set([...(this.release.dependsOn ?? []), ...others.map((other) => dependable(other))]),
    ];
  }

  private get folder(): string {
    return `charts/${this.options.name}`;
  }

  private get references(): Readonly<Record<string, string>> {
    return Object.assign({}, ...[...this.templates.values()].map(({ references }) => references)) as Record<
      string,
      string
    >;
  }

  private get version(): string {
    const hash = createHash("sha256");
    for (const [name, { text }] of [...this.templates].sort()) hash.update(`${name}\0${text}\0`);
    return `0.0.0-h${hash.digest("hex").slice(0, 12)}`;
  }

  private write(workingDirectory: string): void {
    const chart = join(workingDirectory, this.folder);
    rmSync(chart, { recursive: true, force: true });
    mkdirSync(join(chart, "templates"), { recursive: true });
    const description = `Objects of ${this.options.name}, written by cdktf-ai-datacenter`;
    const about = { apiVersion: "v2", name: this.options.name, version: this.version, description };
    writeFileSync(join(chart, "Chart.yaml"), `${JSON.stringify(about, undefined, 2)}\n`);
    for (const [name, { text }] of this.templates) writeFileSync(join(chart, "templates", name), text);
  }
}
