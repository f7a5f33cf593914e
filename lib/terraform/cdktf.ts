/** The framework, named in this file only. A move to another CDK for Terraform is a change of this one import. */
export {
  Annotations,
  App,
  AssetType,
  Fn,
  Lazy,
  LocalBackend,
  Op,
  propertyAccess,
  S3Backend,
  TerraformAsset,
  TerraformDataSource,
  TerraformElement,
  TerraformOutput,
  TerraformProvider,
  TerraformResource,
  TerraformStack,
  Testing,
  Token,
  Tokenization,
} from "cdktf";
/** How a construct writes files beside the JSON of its stack; the framework's own assets use it, but its index leaves it out. */
export { addCustomSynthesis } from "cdktf/lib/synthesize/synthesizer";
/** The address of a construct as `dependsOn` of a resource holds it, for a list that grows after the resource was made. */
export { dependable } from "cdktf/lib/tfExpression";
export type { ITerraformDependable, Precondition, TerraformMetaArguments, TerraformResourceLifecycle } from "cdktf";
export { Construct } from "constructs";
export type { IConstruct } from "constructs";
