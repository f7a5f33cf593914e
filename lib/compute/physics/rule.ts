import type { ErrorCode, WarningId } from "../../core";
import type { PoolDesign } from "./design";

/** Where a fact comes from, and when it was read. */
export interface FactSource {
  /** Guide page, file of a repository, or thread. */
  readonly text: string;
  /** YYYY-MM, or YYYY-MM-DD. */
  readonly date: string;
}

/** What a rule has found: the property at fault, what it holds, and what would hold. */
export interface Violation {
  /** Property of the pool, such as "zones". */
  readonly property: string;
  readonly got: unknown;
  readonly allowed: string;
  /** @default - the remedy of the code */
  readonly remedy?: string;
}

/** A law of the hardware or of the service: what breaks it fails on AWS, late or silently. */
export interface PhysicsRule {
  /** Code of the refusal, or id of the warning. */
  readonly code: ErrorCode | WarningId;
  /** What holds, as one sentence. */
  readonly law: string;
  readonly source: FactSource;
  /** A design that breaks the law. */
  readonly bad: PoolDesign;
  /** The same design, corrected. */
  readonly good: PoolDesign;
  /** What changes from bad to good, in words. */
  readonly correction: string;
  /** @returns undefined where the law holds, or where too little is known to judge */
  readonly check: (design: PoolDesign) => Violation | undefined;
}
