import { CapacityKind, CATALOG_DATE } from "../catalog";
import { FabricPolicy } from "../compute/fabric/fabric";
import { type CommandIo, OK, UNUSABLE } from "./guard-command";
import { type InstanceReport, KNOWN_TYPES, nearestTypes, reportInstance } from "./instance-report";

export interface InstanceOptions {
  readonly policy: FabricPolicy;
  readonly json: boolean;
}

/** `aidc instance`: what catalog and fabric compiler know of a type. @returns the exit status */
export function instanceCommand(type: string, { policy, json }: InstanceOptions, io: CommandIo): number {
  const report = reportInstance(type, policy);
  if (report === undefined) {
    io.error(`${type} is not in the catalog of ${CATALOG_DATE}; nearest: ${nearestTypes(type).join(", ")}\n`);
    return UNUSABLE;
  }
  io.out(json ? `${JSON.stringify(report, undefined, 2)}\n` : `${describe(report, policy).join("\n")}\n`);
  return OK;
}

/** `aidc instances`: every type of the catalog. @returns the exit status */
export function instancesCommand({ json }: Pick<InstanceOptions, "json">, io: CommandIo): number {
  const reports = KNOWN_TYPES.flatMap((type) => reportInstance(type, FabricPolicy.SAVE_IPS) ?? []);
  io.out(json ? `${JSON.stringify(reports, undefined, 2)}\n` : `${overview(reports).join("\n")}\n`);
  return OK;
}

function describe(report: InstanceReport, policy: FabricPolicy): string[] {
  const { accelerator, interfaces } = report;
  const memory = accelerator.memoryGiB === null ? "" : `, ${accelerator.memoryGiB} GiB each`;
  const rows: [string, string][] = [
    ["Accelerators", `${known(accelerator.count)} x ${accelerator.name}${memory}, ${known(accelerator.resource)}`],
    ["vCPUs", known(report.vcpus)],
    ["Memory", report.memoryMiB === null ? UNKNOWN : `${report.memoryMiB / 1024} GiB`],
    ["Local NVMe", report.localNvmeGB === 0 ? "none" : `${known(report.localNvmeGB)} GB`],
    ["EFA", report.efaMax === 0 ? "none" : `${known(report.efaMax)} interfaces`],
    ["Layout", interfaces.length === 0 ? UNKNOWN : `${policy}: ${layout(report)}`],
    ["Addresses", `${known(report.ipsPerNode)} of a node's own`],
    ["Pods", `${known(report.maxPods)} at most`],
    ["Capacity", report.capacityKinds.join(", ") || UNKNOWN],
    ["Price", price(report)],
    ["Sources", report.sources.join(", ")],
  ];
  const head = report.incomplete === undefined ? report.type : `${report.type}: incomplete. ${report.incomplete}`;
  return [head, ...rows.map(([name, text]) => `  ${name.padEnd(13)} ${text}`)];
}

const UNKNOWN = "not known";

function known(value: string | number | null): string {
  return value === null ? UNKNOWN : String(value);
}

/** Interfaces of one kind and device on neighbouring cards as one range: "interface at 0/0; efa-only at 0/1, 1-31/0". */
function layout({ interfaces }: InstanceReport): string {
  const kinds = [...new Set(interfaces.map(({ interfaceType }) => interfaceType))];
  return kinds
    .map((kind) => `${kind} at ${ranges(interfaces.filter((one) => one.interfaceType === kind)).join(", ")}`)
    .join("; ");
}

function ranges(interfaces: InstanceReport["interfaces"]): string[] {
  const found: { from: number; to: number; device: number }[] = [];
  for (const { networkCardIndex: card, deviceIndex: device } of interfaces) {
    const last = found.at(-1);
    if (last?.device === device && last.to === card - 1) last.to = card;
    else found.push({ from: card, to: card, device });
  }
  return found.map(({ from, to, device }) => `${from === to ? from : `${from}-${to}`}/${device}`);
}

function price({ prices, capacityKinds }: InstanceReport): string {
  if (prices.length > 0) {
    return prices
      .map(({ purchase, usdPerHour, region, date }) => `${usdPerHour} USD per hour ${purchase} in ${region}, ${date}`)
      .join("; ");
  }
  return capacityKinds.join() === CapacityKind.BLOCK ? "Capacity Block only" : "no list price known";
}

function overview(reports: readonly InstanceReport[]): string[] {
  const head = ["Type", "Accelerators", "EFA", "Interfaces", "Pods", "USD/h", "Capacity"];
  const rows = reports.map((report) => [
    report.type,
    `${report.accelerator.count ?? "?"} x ${report.accelerator.name}`,
    String(report.efaMax ?? "?"),
    report.interfaces.length === 0 ? "?" : String(report.interfaces.length),
    String(report.maxPods ?? "?"),
    String(report.prices.find(({ region }) => region === "us-east-1")?.usdPerHour ?? "-"),
    report.capacityKinds.join(", ") || "?",
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
