import type { HelmChart } from "../catalog";

/** A pinned chart with its values: plain data, as a manifest is. */
export interface HelmRelease {
  /** Name of the release in its namespace. */
  readonly name: string;
  readonly namespace: string;
  readonly chart: HelmChart;
  /** Where the chart comes from, when not from where its makers publish it. @default - the chart's own repository */
  readonly repository?: string;
  /** Values of the chart; members that are `undefined` are left out. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Whether the namespace is made with the release. @default false */
  readonly createNamespace?: boolean;
}
