/** The first member that stands in a list a second time; undefined where all are distinct. */
export function firstDuplicate<T>(list: readonly T[]): T | undefined {
  return list.find((member, index) => list.indexOf(member) !== index);
}
