import type { IGrantee, StorageLocation } from "../contracts";

/**
 * Permissions on a store, by intent. They follow the data's key: whoever may read also may decrypt.
 *
 * A prefix is relative and names a folder (`checkpoints/`); without one the whole store is meant.
 */
export interface DataStoreGrants {
  /** List and read below a prefix. @throws InvalidProps PREFIX_INVALID */
  read(grantee: IGrantee, prefix?: string): void;
  /** List, read, write and delete below a prefix. @throws InvalidProps PREFIX_INVALID */
  readWrite(grantee: IGrantee, prefix?: string): void;
}

/** Where datasets, checkpoints and models lie, whatever keeps them. */
export interface IDataStore {
  readonly grants: DataStoreGrants;
  /** A place to read and write. Permissions are granted apart. @throws InvalidProps PREFIX_INVALID */
  at(prefix: string): StorageLocation;
  /** A place to read only. Permissions are granted apart. @throws InvalidProps PREFIX_INVALID */
  readOnlyAt(prefix: string): StorageLocation;
}
