/** One allowance of an IAM policy, as plain data. */
export interface PolicyStatement {
  /** Statement id: letters and digits. @default - none */
  readonly sid?: string;
  /** Actions such as "s3:GetObject". */
  readonly actions: readonly string[];
  /** ARNs, or "*" where the service knows no resource. */
  readonly resources: readonly string[];
  /** Conditions by operator and key, as IAM writes them. @default - none */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Something that can be allowed to do things: a role of a workload, a node, a person. */
export interface IGrantee {
  /** Adds a statement to what the grantee may do. */
  allow(statement: PolicyStatement): void;
}
