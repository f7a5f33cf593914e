import { compareVersions } from "../../catalog";

/** Whether a version is older than another. What is no dotted version, such as "latest", is not known to be. */
export function isOlder(version: string, other: string): boolean {
  try {
    return compareVersions(version, other) < 0;
  } catch {
    return false;
  }
}
