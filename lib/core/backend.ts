import { isAbsolute, normalize } from "node:path";
import { LocalBackend, S3Backend, type TerraformStack } from "../terraform/cdktf";
import { InvalidProps } from "./errors";

/** Where shared state lives; `stacks/bootstrap.ts` makes such a bucket, its key and its policy. */
export interface S3BackendOptions {
  /** Name of the versioned state bucket. */
  readonly bucket: string;
  /** Region of the bucket. */
  readonly region: string;
  /** ARN of the key that encrypts the state. */
  readonly kmsKeyArn: string;
  /** Prefix of the state objects; the stack id is appended. @default "state" */
  readonly keyPrefix?: string;
  /** Role to assume for reading and writing state. @default - the caller's own credentials */
  readonly roleArn?: string;
}

/** Where a stack keeps its state. Required for every stack on purpose: there is no silent local state. */
export abstract class Backend {
  /**
   * A state file per stack in a folder beside `cdktf.json`. Terraform runs three levels below it, in `cdktf.out/stacks/<stack>`,
   * so that is where the path starts: state must not lie in a folder that people delete.
   * @throws InvalidProps BACKEND_PATH_ABSOLUTE
   */
  public static local(folder: string): Backend {
    const clean = normalize(folder).replaceAll("\\", "/");
    if (isAbsolute(folder) || clean.split("/").includes("..")) {
      throw new InvalidProps("BACKEND_PATH_ABSOLUTE", "Backend.local", {
        got: folder,
        allowed: "a relative folder below the one of cdktf.json",
      });
    }
    return new LocalFolder(clean.replace(/\/$/, ""));
  }

  /** An object per stack in S3, encrypted with the given key and locked by a lock object (Terraform or OpenTofu 1.10 and later). */
  public static s3(options: S3BackendOptions): Backend {
    return new S3Objects(options);
  }

  /** Adds the backend to a stack. */
  public abstract bind(stack: TerraformStack): void;
}

class LocalFolder extends Backend {
  public constructor(private readonly folder: string) {
    super();
  }

  public override bind(stack: TerraformStack): void {
    new LocalBackend(stack, { path: `../../../${this.folder}/${stack.node.id}.tfstate` });
  }
}

class S3Objects extends Backend {
  public constructor(private readonly options: S3BackendOptions) {
    super();
  }

  public override bind(stack: TerraformStack): void {
    const { bucket, region, kmsKeyArn, keyPrefix = "state", roleArn } = this.options;
    const backend = new S3Backend(stack, {
      bucket,
      region,
      key: `${keyPrefix}/${stack.node.id}.tfstate`,
      encrypt: true,
      kmsKeyId: kmsKeyArn,
      ...(roleArn === undefined ? {} : { assumeRole: { roleArn } }),
    });
    // The binding predates S3 lock files; a DynamoDB table is not needed any more.
    backend.addOverride("use_lockfile", true);
  }
}
