import { policyOf, synthStack, testStack, theResource, valueAt } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import type { PolicyStatement } from "../../lib/contracts";
import { UNPROTECTED_CONTEXT } from "../../lib/core";
import { EncryptionKey } from "../../lib/security";
import {
  AccessLogBucket,
  type IDataStore,
  ObjectStore,
  type ObjectStoreProps,
  RetentionMode,
  StorageClass,
} from "../../lib/storage";
import { App, TerraformStack, Testing, Token } from "../../lib/terraform/cdktf";

const KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/data";
type More = Partial<ObjectStoreProps>;

function build(more: More = {}, context?: Record<string, unknown>) {
  const stack = testStack({ context });
  const encryptionKey = EncryptionKey.fromAttributes(stack, "Key", { keyArn: KEY_ARN });
  const accessLogs = AccessLogBucket.fromBucketName(stack, "Logs", "org-logs");
  const store = new ObjectStore(stack, "Checkpoints", { encryptionKey, accessLogs, ...more });
  return { stack, store };
}

const synth = (more?: More, context?: Record<string, unknown>) => synthStack(build(more, context).stack);

/** As IAM evaluates: negated operators match where the key is missing. */
const OPERATORS: Record<string, (got: string | undefined, wanted: readonly string[]) => boolean> = {
  Null: (got, wanted) => String(got === undefined) === wanted[0],
  StringEquals: (got, wanted) => got !== undefined && wanted.includes(got),
  StringNotEquals: (got, wanted) => got === undefined || !wanted.includes(got),
};

type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** Whether a request with these condition keys meets all conditions of a statement. */
function met(conditions: Conditions = {}, request: Readonly<Record<string, string>>): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => OPERATORS[operator]?.(request[key], [wanted].flat())),
  );
}

/** Collects what is granted. */
function grantee() {
  const statements: PolicyStatement[] = [];
  return { statements, allow: (statement: PolicyStatement) => void statements.push(statement) };
}

function imported(attributes: { withKey?: boolean; region?: string } = {}): IDataStore {
  const stack = testStack();
  const encryptionKey = EncryptionKey.fromAttributes(stack, "Key", { keyArn: KEY_ARN });
  return ObjectStore.fromAttributes(stack, "Lake", {
    bucketName: "lake",
    region: attributes.region,
    encryptionKey: attributes.withKey ? encryptionKey : undefined,
  });
}

describe("ObjectStore", () => {
  test("is protected, versioned, closed to the public, and owned by the account", () => {
    const json = synth();
    expect(json).toHaveResource("aws_s3_bucket", {
      bucket: "test-checkpoints-123456789012-us-east-1",
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
      object_lock_enabled: undefined,
    });
    expect(json).toHaveResource("aws_s3_bucket_public_access_block", {
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(json).toHaveResource("aws_s3_bucket_ownership_controls", {
      rule: { object_ownership: "BucketOwnerEnforced" },
    });
    expect(json).toHaveResource("aws_s3_bucket_versioning", { versioning_configuration: { status: "Enabled" } });
    expect(json).toHaveResourceCount("aws_s3_bucket_object_lock_configuration", 0);
  });

  test("encrypts with the given key, by a bucket key", () => {
    expect(synth()).toHaveResource("aws_s3_bucket_server_side_encryption_configuration", {
      rule: [
        {
          apply_server_side_encryption_by_default: { sse_algorithm: "aws:kms", kms_master_key_id: KEY_ARN },
          bucket_key_enabled: true,
        },
      ],
    });
  });

  test("denies requests without TLS 1.2 on the bucket and its objects", () => {
    const { Statement } = policyOf(theResource(synth(), "aws_s3_bucket_policy").properties.policy);
    const transport = Statement.filter(({ Action }) => Action?.includes("s3:*"));
    expect(transport.map(({ Condition }) => Condition)).toEqual([
      { NumericLessThan: { "s3:TlsVersion": ["1.2"] } },
      { Bool: { "aws:SecureTransport": ["false"] } },
    ]);
    for (const { Effect, Principal, Resource } of transport) {
      expect([Effect, Principal]).toEqual(["Deny", { "*": ["*"] }]);
      expect(Resource).toEqual([expect.stringMatching(/\.arn\}$/), expect.stringMatching(/\.arn\}\/\*$/)]);
    }
  });

  test("keeps deleted objects for two weeks and unfinished uploads for three days", () => {
    expect(theResource(synth(), "aws_s3_bucket_lifecycle_configuration").properties.rule).toMatchObject([
      {
        abort_incomplete_multipart_upload: [{ days_after_initiation: 3 }],
        noncurrent_version_expiration: [{ noncurrent_days: 14 }],
      },
    ]);
  });

  test("takes a name, tiers, expirations, days and a last word", () => {
    const json = synth({
      bucketName: "org-checkpoints",
      abortUploadsAfterDays: 1,
      noncurrentVersionDays: 2,
      tiers: [{ prefix: "checkpoints", storageClass: StorageClass.INTELLIGENT_TIERING, afterDays: 0 }],
      expirations: [{ prefix: "scratch", afterDays: 7 }],
      customize: (bucket) => {
        bucket.tags = { team: "research" };
      },
    });
    expect(json).toHaveResource("aws_s3_bucket", { bucket: "org-checkpoints", tags: { team: "research" } });
    expect(theResource(json, "aws_s3_bucket_lifecycle_configuration").properties.rule).toMatchObject([
      {
        abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }],
        noncurrent_version_expiration: [{ noncurrent_days: 2 }],
      },
      { filter: [{ prefix: "checkpoints/" }], transition: [{ days: 0, storage_class: "INTELLIGENT_TIERING" }] },
      { filter: [{ prefix: "scratch/" }], expiration: [{ days: 7 }] },
    ]);
  });

  test("locks new versions only when asked, from the bucket's creation on", () => {
    const json = synth({ retention: { mode: RetentionMode.COMPLIANCE, days: 30 } });
    expect(json).toHaveResource("aws_s3_bucket", { object_lock_enabled: true });
    expect(json).toHaveResource("aws_s3_bucket_object_lock_configuration", {
      rule: { default_retention: { mode: "COMPLIANCE", days: 30 } },
      depends_on: [expect.stringMatching(/^aws_s3_bucket_versioning\./)],
    });
  });

  test("goes with its objects once protection is off, and on no other word", () => {
    const off = synth({}, { [UNPROTECTED_CONTEXT]: "data-loss-accepted" });
    expect(off).toHaveResource("aws_s3_bucket", { force_destroy: true, lifecycle: { prevent_destroy: undefined } });
    const on = synth({}, { [UNPROTECTED_CONTEXT]: "true" });
    expect(on).toHaveResource("aws_s3_bucket", { force_destroy: false, lifecycle: { prevent_destroy: true } });
  });

  test("orders its settings: block before policy, both policies before logging, versioning before lifecycle", () => {
    const stack = testStack();
    const encryptionKey = new EncryptionKey(stack, "Key");
    const accessLogs = new AccessLogBucket(stack, "AccessLogs");
    new ObjectStore(stack, "Data", { encryptionKey, accessLogs });
    const json = synthStack(stack);
    const dependsOn = (type: string) => theResource(json, type, "Data_").properties.depends_on;
    expect(dependsOn("aws_s3_bucket_policy")).toEqual([
      expect.stringMatching(/^aws_s3_bucket_public_access_block\.Data_/),
      expect.stringMatching(/^aws_s3_bucket_ownership_controls\.Data_/),
    ]);
    expect(dependsOn("aws_s3_bucket_logging")).toEqual([
      expect.stringMatching(/^aws_s3_bucket_policy\.Data_/),
      expect.stringMatching(/^aws_s3_bucket_policy\.AccessLogs_/),
    ]);
    expect(dependsOn("aws_s3_bucket_lifecycle_configuration")).toEqual([
      expect.stringMatching(/^aws_s3_bucket_versioning\.Data_/),
    ]);
    expect(json).toHaveResource("aws_s3_bucket_logging", {
      target_bucket: /^\$\{aws_s3_bucket\.AccessLogs_/,
      target_prefix: /^s3\/\$\{aws_s3_bucket\.Data_\w+\.bucket\}\/$/,
    });
  });

  test("tells what must stand before the first object is written", () => {
    expect(build().store.configured).toHaveLength(3);
    expect(build({ retention: { mode: RetentionMode.GOVERNANCE, days: 1 } }).store.configured).toHaveLength(4);
  });

  test("works in a stack of an organisation, which knows its account only at plan", () => {
    const stack = new TerraformStack(Testing.app(), "org");
    const encryptionKey = EncryptionKey.fromAttributes(stack, "Key", { keyArn: KEY_ARN });
    const accessLogs = AccessLogBucket.fromBucketName(stack, "Logs", "org-logs");
    new ObjectStore(stack, "Data", { encryptionKey, accessLogs });
    const json = JSON.parse(Testing.synth(stack)) as unknown;
    const buckets = Object.values(valueAt(json, "resource.aws_s3_bucket") as Record<string, { bucket: string }>);
    expect(buckets[0]?.bucket).toMatch(/^org-data-\$\{data\.aws_caller_identity\.\w+\.account_id\}-\$\{data\./);
    expect(App.isApp(stack.node.root)).toBe(true);
  });

  test.each([
    ["a name with capitals", "NAME_INVALID", { bucketName: "Data" }],
    ["a name of two letters", "NAME_INVALID", { bucketName: "ab" }],
    ["a lifecycle that cannot be", "LIFECYCLE_INVALID", { noncurrentVersionDays: 0 }],
    ["a prefix with a slash in front", "PREFIX_INVALID", { expirations: [{ prefix: "/a", afterDays: 1 }] }],
    ["no day of retention", "VALUE_OUT_OF_RANGE", { retention: { mode: RetentionMode.GOVERNANCE, days: 0 } }],
    ["over a century of it", "VALUE_OUT_OF_RANGE", { retention: { mode: RetentionMode.GOVERNANCE, days: 36_501 } }],
  ] as const)("refuses %s", (_, code, more) => {
    expect(() => build(more)).toRefuse(code);
  });

  test("refuses an id that vanishes from addresses", () => {
    const { stack, store } = build();
    const accessLogs = AccessLogBucket.fromBucketName(stack, "More", "org-logs");
    expect(() => new ObjectStore(stack, "data.v1", { encryptionKey: store.encryptionKey, accessLogs })).toRefuse(
      "ID_UNSAFE",
    );
  });
});

describe("the upload rules of an ObjectStore", () => {
  const SSE = "s3:x-amz-server-side-encryption";
  const KEY = `${SSE}-aws-kms-key-id`;
  const { Statement } = policyOf(theResource(synth(), "aws_s3_bucket_policy").properties.policy);
  const denials = Statement.filter(({ Action }) => Action?.join() === "s3:PutObject");

  function denied(headers: Record<string, string>): string[] {
    return denials.filter(({ Condition }) => met(Condition, headers)).map(({ Sid }) => Sid ?? "");
  }

  test("let an upload without headers pass: the bucket's default encrypts it", () => {
    expect(denials).toHaveLength(4);
    expect(denied({})).toEqual([]);
  });

  test("let an upload that names the bucket's key pass", () => {
    expect(denied({ [SSE]: "aws:kms", [KEY]: KEY_ARN })).toEqual([]);
    expect(denied({ [KEY]: KEY_ARN })).toEqual([]);
  });

  test.each([
    ["keys of S3", { [SSE]: "AES256" }, "DenyOtherEncryption"],
    ["double encryption", { [SSE]: "aws:kms:dsse", [KEY]: KEY_ARN }, "DenyOtherEncryption"],
    ["another key", { [SSE]: "aws:kms", [KEY]: "arn:aws:kms:us-east-1:123456789012:key/other" }, "DenyOtherKey"],
    ["the account's default key", { [SSE]: "aws:kms" }, "DenyUnnamedKey"],
    ["a key of the caller", { [`${SSE}-customer-algorithm`]: "AES256" }, "DenyCallersOwnKey"],
  ])("deny %s", (_, headers, sid) => {
    expect(denied(headers)).toEqual([sid]);
  });
});

describe("locations in a store", () => {
  test("end with a slash, whether or not it was written", () => {
    const { store } = build();
    const location = store.at("runs/a");
    expect(location).toEqual({
      uri: expect.stringMatching(/^s3:\/\/.+\/runs\/a\/$/),
      readOnly: false,
      region: "us-east-1",
    });
    expect(store.at("runs/a/")).toEqual(location);
    expect(store.readOnlyAt("runs/a")).toEqual({ ...location, readOnly: true });
  });

  test("may be the whole store", () => {
    expect(imported().at("").uri).toBe("s3://lake/");
  });

  test("refuse what is no prefix", () => {
    expect(() => imported().at("s3://lake/runs")).toRefuse("PREFIX_INVALID", { path: "test/Lake.at" });
    expect(() => imported().readOnlyAt("../other")).toRefuse("PREFIX_INVALID");
  });
});

describe("grants on a store", () => {
  const bucket = "arn:aws:s3:::lake";
  const listing = { actions: ["s3:ListBucket"], resources: [bucket] };
  const location = { actions: ["s3:GetBucketLocation"], resources: [bucket] };

  /** What a grantee may do with the key when a service asks for it, or by itself. */
  function onKey({ statements }: ReturnType<typeof grantee>, via?: string): string[] {
    const request = via === undefined ? undefined : { "kms:ViaService": via };
    const matches = statements.filter(({ resources, conditions }) => {
      return resources.includes(KEY_ARN) && met(conditions, request ?? {});
    });
    return matches.flatMap(({ actions }) => actions);
  }

  test("keep a reader below the prefix", () => {
    const reader = grantee();
    imported({ withKey: true }).grants.read(reader, "tokens");
    expect(reader.statements).toEqual([
      location,
      { ...listing, conditions: { StringLike: { "s3:prefix": "tokens/*" } } },
      { actions: ["s3:GetObject"], resources: [`${bucket}/tokens/*`] },
      expect.objectContaining({ resources: [KEY_ARN] }),
    ]);
  });

  test("let a reader decrypt, and a writer have data keys too, but only when S3 asks in the store's region", () => {
    const [reader, writer] = [grantee(), grantee()];
    const { grants } = imported({ withKey: true, region: "eu-west-1" });
    grants.read(reader);
    grants.readWrite(writer);
    expect(onKey(reader, "s3.eu-west-1.amazonaws.com")).toEqual(["kms:Decrypt"]);
    expect(onKey(writer, "s3.eu-west-1.amazonaws.com")).toEqual(["kms:Decrypt", "kms:GenerateDataKey"]);
    for (const via of ["ec2.eu-west-1.amazonaws.com", "s3.us-east-1.amazonaws.com", undefined]) {
      expect([...onKey(reader, via), ...onKey(writer, via)]).toEqual([]);
    }
  });

  test("know S3 by its host in China, and by both where the region is known only at plan", () => {
    const chinese = grantee();
    imported({ withKey: true, region: "cn-north-1" }).grants.read(chinese);
    expect(onKey(chinese, "s3.cn-north-1.amazonaws.com.cn")).toEqual(["kms:Decrypt"]);
    expect(onKey(chinese, "s3.cn-north-1.amazonaws.com")).toEqual([]);
    const region = Token.asString({ resolve: () => "x", creationStack: [] });
    const anywhere = grantee();
    imported({ withKey: true, region }).grants.read(anywhere);
    for (const suffix of ["", ".cn"]) {
      expect(onKey(anywhere, `s3.${region}.amazonaws.com${suffix}`)).toEqual(["kms:Decrypt"]);
    }
    expect(onKey(anywhere, "s3.us-east-1.amazonaws.com")).toEqual([]);
  });

  test("are those of the store's own key and region where it is made here", () => {
    const writer = grantee();
    build().store.grants.readWrite(writer);
    expect(onKey(writer, "s3.us-east-1.amazonaws.com")).toEqual(["kms:Decrypt", "kms:GenerateDataKey"]);
    expect(onKey(writer)).toEqual([]);
  });

  test("let a writer write and delete, but not delete versions for good", () => {
    const writer = grantee();
    imported({ withKey: true }).grants.readWrite(writer, "runs/");
    const objects = writer.statements.find(({ resources }) => resources[0] === `${bucket}/runs/*`);
    expect(objects?.actions).toEqual([
      "s3:GetObject",
      "s3:PutObject",
      "s3:DeleteObject",
      "s3:AbortMultipartUpload",
      "s3:ListMultipartUploadParts",
    ]);
  });

  test("mean the whole store without a prefix: no condition that an unprefixed listing fails", () => {
    const reader = grantee();
    imported().grants.read(reader);
    expect(reader.statements).toEqual([
      location,
      { ...listing, conditions: undefined },
      { actions: ["s3:GetObject"], resources: [`${bucket}/*`] },
    ]);
    const same = grantee();
    imported().grants.read(same, "");
    expect(same.statements).toEqual(reader.statements);
  });

  test("refuse a prefix that would reach further than it says", () => {
    for (const prefix of ["*", "runs*", "/", "${aws:username}"]) {
      expect(() => imported().grants.readWrite(grantee(), prefix)).toRefuse("PREFIX_INVALID", {
        path: "test/Lake.grants",
      });
    }
  });
});

describe("ObjectStore.fromAttributes", () => {
  test("makes nothing, and knows what it was told", () => {
    const stack = testStack({ region: "cn-north-1" });
    const store = ObjectStore.fromAttributes(stack, "Lake", { bucketName: "old.lake", region: "cn-northwest-1" });
    expect(store.bucketArn).toBe("arn:aws-cn:s3:::old.lake");
    expect(store.at("a")).toEqual({ uri: "s3://old.lake/a/", readOnly: false, region: "cn-northwest-1" });
    expect(synthStack(stack).resource).toEqual({});
    expect(ObjectStore.fromAttributes(stack, "Near", { bucketName: "near-lake" }).region).toBe("cn-north-1");
  });

  test("refuses what is no bucket name", () => {
    for (const bucketName of ["s3://lake", "arn:aws:s3:::lake", "lake/", "${lake}"]) {
      const make = () => ObjectStore.fromAttributes(testStack(), "Lake", { bucketName });
      expect(make).toRefuse("NAME_INVALID", { path: "test/Lake.bucketName", got: bucketName });
    }
  });
});
