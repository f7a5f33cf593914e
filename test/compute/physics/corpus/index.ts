import { CAPACITY_ENTRIES } from "./capacity";
import type { CorpusEntry } from "./entry";
import { INTERFACE_ENTRIES } from "./interfaces";
import { PLACE_ENTRIES } from "./places";
import { SOFTWARE_ENTRIES } from "./software";
import { TEMPLATE_ENTRIES } from "./templates";
import { WORKLOAD_ENTRIES } from "./workloads";

export type { CorpusEntry } from "./entry";

/** Every failure of the corpus. Threads were read in September 2026; facts are restated. */
export const CORPUS: readonly CorpusEntry[] = [
  ...INTERFACE_ENTRIES,
  ...TEMPLATE_ENTRIES,
  ...CAPACITY_ENTRIES,
  ...PLACE_ENTRIES,
  ...SOFTWARE_ENTRIES,
  ...WORKLOAD_ENTRIES,
];
