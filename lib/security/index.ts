export {
  EncryptionKey,
  type EncryptionKeyAttributes,
  type EncryptionKeyProps,
  type IEncryptionKey,
  KeyGrants,
} from "./encryption-key";
export { IamGrantee, type IamGranteeProps } from "./iam-grantee";
export { KeyServiceGrant } from "./key-service-grant";
export {
  identityPolicy,
  type Principals,
  resourcePolicy,
  type ResourceStatement,
  serviceTrust,
  type TrustSource,
} from "./policy-document";
export { ServiceLinkedRole, type ServiceLinkedRoleProps } from "./service-linked-role";
export {
  type ResolvedWorkloadIdentity,
  resolveWorkloadIdentity,
  WorkloadIdentity,
  type WorkloadIdentityProps,
} from "./workload-identity";
export { resolveTrust, type TrustRequest, WorkloadTrust } from "./workload-trust";
