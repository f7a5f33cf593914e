/** Where data lies, for whoever reads or writes it. What stands behind the URI is the store's business. */
export interface StorageLocation {
  /** `s3://bucket/prefix/`, `hdfs://nameservice/path/` or `file:///mount/path/`, always ending with "/". */
  readonly uri: string;
  /** Whether writing there is not meant. Permissions are granted separately, by `grants`. */
  readonly readOnly: boolean;
  /** Region of the store, for object stores. @default - none */
  readonly region?: string;
}

/** What somebody does with what lies at a place. */
export enum AccessMode {
  /** List and read. */
  READ = "read",
  /** List, read, write and delete. */
  WRITE = "write",
}

/** A place that a workload uses, and how: from a list of these the half that owns the stores grants exactly that. */
export interface StorageAccess {
  /** A prefix or a single object: `s3://bucket/prefix/`, `hdfs://nameservice/path/`. */
  readonly uri: string;
  readonly mode: AccessMode;
}
