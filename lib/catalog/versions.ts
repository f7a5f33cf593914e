/**
 * Compares dotted versions number by number: "1.9" comes before "1.10", and "1.6" is "1.6.0". A leading "v" does not count, nor does
 * what follows a dash or a plus: "v1.22.4-eksbuild.3" is 1.22.4.
 * @returns below 0 if a comes before b, 0 if they are the same, above 0 if a comes after b
 * @throws RangeError if one of them is no dotted version
 */
export function compareVersions(a: string, b: string): number {
  return compareNumbers(numbersOf(a), numbersOf(b));
}

/**
 * The numbers of the first dotted version in what a program says of itself, whatever stands around it: "go1.27rc1 X:nodwarf5" is 1.27.
 * A number alone is no version.
 * @returns undefined where there is none
 */
export function numbersIn(text: string): readonly number[] | undefined {
  return /\d+(?:\.\d+)+/.exec(text)?.[0].split(".").map(Number);
}

/**
 * Compares the numbers of two versions; the first that differs decides, and a missing one is 0.
 * @returns below 0 if a comes before b, 0 if they are the same, above 0 if a comes after b
 */
export function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

function numbersOf(version: string): readonly number[] {
  const [, dotted] = /^v?(\d+(?:\.\d+)*)(?:[-+].*)?$/.exec(version) ?? [];
  if (dotted === undefined) throw new RangeError(`"${version}" is no dotted version such as 1.22.4`);
  return dotted.split(".").map(Number);
}
