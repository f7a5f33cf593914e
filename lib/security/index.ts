export {
  EncryptionKey,
  type EncryptionKeyAttributes,
  type EncryptionKeyProps,
  type IEncryptionKey,
  KeyGrants,
} from "./encryption-key";
export { KeyServiceGrant } from "./key-service-grant";
export {
  identityPolicy,
  type Principals,
  resourcePolicy,
  type ResourceStatement,
  serviceTrust,
} from "./policy-document";
export { ServiceLinkedRole, type ServiceLinkedRoleProps } from "./service-linked-role";
