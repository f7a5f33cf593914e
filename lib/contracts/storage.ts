/** Where data lies, for whoever reads or writes it. What stands behind the URI is the store's business. */
export interface StorageLocation {
  /** `s3://bucket/prefix/`, `hdfs://nameservice/path/` or `file:///mount/path/`, always ending with "/". */
  readonly uri: string;
  /** Whether writing there is not meant. Permissions are granted separately, by `grants`. */
  readonly readOnly: boolean;
  /** Region of the store, for object stores. @default - none */
  readonly region?: string;
}
