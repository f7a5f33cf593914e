/**
 * Compares dotted versions number by number: "1.9" comes before "1.10", and "1.6" is "1.6.0". A leading "v" does not count, nor does
 * what follows a dash or a plus: "v1.22.4-eksbuild.3" is 1.22.4.
 * @returns below 0 if a comes before b, 0 if they are the same, above 0 if a comes after b
 * @throws RangeError if one of them is no dotted version
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

function numbersOf(version: string): number[] {
  const [, dotted] = /^v?(\d+(?:\.\d+)*)(?:[-+].*)?$/.exec(version) ?? [];
  if (dotted === undefined) throw new RangeError(`"${version}" is no dotted version such as 1.22.4`);
  return dotted.split(".").map(Number);
}
