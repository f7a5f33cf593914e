import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CatalogData, InstanceRow } from "../../tools/catalog/data";

export const ROOT = join(__dirname, "../..");

/** Text of a file of the repository. */
export function fileText(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** The data file as it stands. */
export function dataFile(): CatalogData {
  return JSON.parse(fileText("tools/catalog/instance-types.json")) as CatalogData;
}

/** A row of the data file. */
export function rowOf(instanceType: string): InstanceRow {
  return dataFile().instanceTypes.find((row) => row.instanceType === instanceType) as InstanceRow;
}
