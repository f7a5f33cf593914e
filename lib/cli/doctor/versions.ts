/** "1.32.4" of "v1.32.4-dispatcher" as numbers; undefined where there is no version. */
export function numbersOf(text: string): readonly number[] | undefined {
  const [found] = /\d+(?:\.\d+)+/.exec(text) ?? [];
  return found?.split(".").map(Number);
}

/** Whether a version comes before another; what is left out counts as 0. */
export function isOlder(found: readonly number[], wanted: readonly number[]): boolean {
  for (const [index, number] of wanted.entries()) {
    const other = found[index] ?? 0;
    if (other !== number) return other < number;
  }
  return false;
}
