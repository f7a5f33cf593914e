/** The framework, named in this file only. A move to another CDK for Terraform is a change of this one import. */
export {
  Annotations,
  App,
  Fn,
  Lazy,
  LocalBackend,
  Op,
  propertyAccess,
  S3Backend,
  TerraformDataSource,
  TerraformElement,
  TerraformOutput,
  TerraformResource,
  TerraformStack,
  Testing,
  Token,
  Tokenization,
} from "cdktf";
export type { ITerraformDependable, Precondition, TerraformMetaArguments, TerraformResourceLifecycle } from "cdktf";
export { Construct } from "constructs";
export type { IConstruct } from "constructs";
