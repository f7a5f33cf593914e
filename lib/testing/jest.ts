/**
 * Matchers for jest (and what else has `expect.extend`): list this module in `setupFilesAfterEnv` or import it in a test file.
 *
 * ```ts nosynth
 * import "cdktf-ai-datacenter/testing/jest";
 * ```
 */
import type {} from "expect";
import type { ErrorCode } from "../core";
import { type ExpectedRefusal, judgeRefusal, judgeResource, judgeResourceCount, type Verdict } from "./assert";
import type { Properties, SynthesizedStack } from "./synth";

/** The matchers that this module adds, for the types of `expect`. */
export interface DatacenterMatchers<R> {
  /**
   * A resource of the type holds the given properties. Objects may hold more, lists may not; beside JSON a RegExp, undefined
   * (absent) and `expect.stringContaining(…)` are understood.
   */
  toHaveResource(type: string, subset?: Properties): R;
  /** The synthesized stack has exactly so many resources of the type. */
  toHaveResourceCount(type: string, count: number): R;
  /** The function is refused with the code: by an InvalidProps thrown, or by a validation that `synthStack` reports. */
  toRefuse(code: ErrorCode, expected?: ExpectedRefusal): R;
}

/** For `expect.extend` where globals are off. */
export const matchers = {
  toHaveResource: (stack: SynthesizedStack, type: string, subset: Properties = {}) =>
    inJest(judgeResource(stack, type, subset)),
  toHaveResourceCount: (stack: SynthesizedStack, type: string, count: number) =>
    inJest(judgeResourceCount(stack, type, count)),
  toRefuse: (action: () => unknown, code: ErrorCode, expected: ExpectedRefusal = {}) =>
    inJest(judgeRefusal(action, code, expected)),
};

function inJest({ pass, message }: Verdict): { pass: boolean; message: () => string } {
  return { pass, message: () => message };
}

interface TestGlobals {
  readonly expect?: { extend(added: typeof matchers): void };
}

const { expect } = globalThis as TestGlobals;
expect?.extend(matchers);

/* The type parameters must be those of the declarations that are extended. */
/* eslint-disable @typescript-eslint/no-namespace, @typescript-eslint/no-unused-vars, @typescript-eslint/no-empty-object-type */
declare global {
  namespace jest {
    interface Matchers<R, T> extends DatacenterMatchers<R> {}
  }
}
declare module "expect" {
  interface Matchers<R extends void | Promise<void>, T> extends DatacenterMatchers<R> {}
}
