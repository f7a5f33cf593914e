export { assertRefusal, assertResource, assertResourceCount, type ExpectedRefusal } from "./assert";
export { type Difference, differences, showDifferences } from "./difference";
export { addressesOf, dataOf, type FoundBlock, resourcesOf, theData, theResource, valueAt } from "./find";
export { type PolicyInOneForm, policyOf, type StatementInOneForm } from "./policy";
export {
  type Blocks,
  type Properties,
  SynthesisFailure,
  type SynthesisProblem,
  type SynthesizedStack,
  synthApp,
  type SynthOptions,
  synthStack,
} from "./synth";
export { removeTestFolders, testApp, type TestAppOptions, testStack, type TestStackOptions } from "./test-app";
