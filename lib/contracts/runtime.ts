/** A bundle of the training runtime in a store. Pods verify the hash before they unpack it. */
export interface RuntimeReference {
  /** The bundle, such as `s3://bucket/runtime/<sha256>.zip`. */
  readonly uri: string;
  /** SHA-256 of the bundle, 64 hexadecimal digits. */
  readonly sha256: string;
  /** Version of the runtime, for people. */
  readonly version: string;
}
