import { createHash } from "node:crypto";
import type { RuntimeReference } from "../contracts";
import {
  environmentOf,
  InvalidProps,
  logRetention,
  NameRule,
  permissionsBoundary,
  physicalName,
  protectedLifecycle,
  isProtected,
  safeId,
  whenKnown,
} from "../core";
import { IamGrantee, type IEncryptionKey, KeyServiceGrant, serviceTrust } from "../security";
import { CloudwatchLogGroup, CodebuildProject, EcrLifecyclePolicy, EcrRepository, IamRole } from "../terraform/aws";
import { Construct } from "../terraform/cdktf";
import { escape } from "../terraform/escape";
import { jsonText } from "../terraform/json-text";
import { BUILD_COMMANDS } from "./image-build";
import type { IObjectStore } from "./object-store";

export interface EcrImageProps {
  /** The bundle that is baked in, with its Dockerfile. */
  readonly runtime: RuntimeReference;
  /** Store that holds the bundle. */
  readonly store: IObjectStore;
  /** Image that it stands on, by digest: Python, CUDA, torch. */
  readonly baseImage: string;
  /** Key of the images and of the build's log. */
  readonly encryptionKey: IEncryptionKey;
  /** Name of the repository. @default "aidc/training" */
  readonly repositoryName?: string;
  /** Days to keep the log of builds. @default 365 */
  readonly logRetentionDays?: number;
  /** Policy that bounds the role of builds. @default - the stack's, if it has one */
  readonly permissionsBoundaryArn?: string;
}

/** An image, complete and checked. */
export interface ResolvedEcrImage {
  readonly repositoryName: string;
  /** Version of the runtime, and a hash of all that is in the image: another content is another tag. */
  readonly tag: string;
}

/** Source: Amazon ECR API reference, CreateRepository, repositoryName, 2026. */
const REPOSITORY = /^(?=.{2,256}$)(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

/** @throws InvalidProps IMAGE_BUILD_INVALID */
export function resolveEcrImage(props: EcrImageProps, at: string): ResolvedEcrImage {
  const { runtime, baseImage, repositoryName = "aidc/training" } = props;
  whenKnown(baseImage, (known) => {
    if (/^[^\s@]+@sha256:[0-9a-f]{64}$/.test(known)) return;
    const allowed = "registry/repository@sha256:<64 hexadecimal digits>";
    throw new InvalidProps("IMAGE_BUILD_INVALID", `${at}.baseImage`, { got: known, allowed });
  });
  if (!REPOSITORY.test(repositoryName)) {
    const allowed = "2 to 256 lower-case letters, digits and ._- between slashes";
    throw new InvalidProps("IMAGE_BUILD_INVALID", `${at}.repositoryName`, { got: repositoryName, allowed });
  }
  const content = createHash("sha256").update(`${runtime.sha256} ${baseImage}`).digest("hex").slice(0, 12);
  return { repositoryName, tag: `${runtime.version}-${content}` };
}

/** Source: AWS CodeBuild user guide, "EC2 compute images", 2026: Amazon Linux 2023, with Docker and the AWS CLI. */
const BUILDER = "aws/codebuild/amazonlinux-x86_64-standard:5.0";

/**
 * An ECR repository for the training image, and a CodeBuild project that builds it from the bundle of the runtime: for clusters whose pods
 * shall fetch nothing. Tags cannot be moved, images are scanned when they come, and only those without a tag are ever deleted.
 *
 * Nothing is built by `apply`: start it with `aws codebuild start-build --project-name <projectName>`. It ends at once when the tag is there
 * already, and prints the image's digest, which `TrainingJob.image` wants. Its containers are privileged, since they run a Docker daemon.
 */
export class EcrImage extends Construct {
  public readonly repositoryUrl: string;
  public readonly repositoryArn: string;
  public readonly tag: string;
  public readonly projectName: string;

  /** @throws InvalidProps ID_UNSAFE, IMAGE_BUILD_INVALID, NAME_INVALID */
  public constructor(scope: Construct, id: string, props: EcrImageProps) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    const { repositoryName, tag } = resolveEcrImage(props, this.node.path);
    const repository = this.addRepository(repositoryName, props.encryptionKey.keyArn);
    const log = this.addLog(props);
    const role = this.addRole(props, repository.arn, log.arn);
    this.repositoryUrl = repository.repositoryUrl;
    this.repositoryArn = repository.arn;
    this.tag = tag;
    this.projectName = this.addProject(props, { repository, role, logGroup: log.name });
  }

  private addRepository(name: string, kmsKey: string): EcrRepository {
    const repository = new EcrRepository(this, "Repository", {
      name,
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: [{ encryptionType: "KMS", kmsKey }],
      forceDelete: !isProtected(this),
      lifecycle: protectedLifecycle(this),
    });
    // Jobs name images by digest; an image with a tag may be in use however old it is.
    const untagged = { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 14 };
    const rules = [{ rulePriority: 1, description: "untagged", selection: untagged, action: { type: "expire" } }];
    new EcrLifecyclePolicy(this, "Lifecycle", { repository: repository.name, policy: jsonText({ rules }) });
    return repository;
  }

  private addLog({ encryptionKey, logRetentionDays = 365 }: EcrImageProps): CloudwatchLogGroup {
    encryptionKey.allowService(KeyServiceGrant.LOGS, this.node.path);
    return new CloudwatchLogGroup(this, "LogGroup", {
      name: physicalName(NameRule.LOG_GROUP, this.node.path, `/aidc/${this.node.path}`),
      retentionInDays: logRetention(logRetentionDays, `${this.node.path}.logRetentionDays`),
      kmsKeyId: encryptionKey.keyArn,
      lifecycle: protectedLifecycle(this),
    });
  }

  private addRole(props: EcrImageProps, repositoryArn: string, logArn: string): IamRole {
    const { partition, region, accountId } = environmentOf(this);
    const arn = `arn:${partition}:codebuild:${region}:${accountId}:project/*`;
    const role = new IamRole(this, "Role", {
      name: physicalName(NameRule.IAM_ROLE, this.node.path),
      assumeRolePolicy: serviceTrust("codebuild.amazonaws.com", { accountId, arn }),
      permissionsBoundary: permissionsBoundary(this, props.permissionsBoundaryArn),
    });
    const grantee = new IamGrantee(this, "Permissions", { roleName: role.name });
    grantee.allow({ actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [`${logArn}:*`] });
    // Source: Amazon ECR user guide, "IAM permissions for pushing an image to an Amazon ECR private repository", 2026.
    grantee.allow({ actions: ["ecr:GetAuthorizationToken"], resources: ["*"] });
    grantee.allow({ actions: PUSH, resources: [repositoryArn] });
    const root = props.store.at("").uri;
    const key = props.runtime.uri.slice(root.length);
    props.store.grants.read(grantee, key.slice(0, key.lastIndexOf("/") + 1));
    props.encryptionKey.grants.encryptDecrypt(grantee);
    return role;
  }

  private addProject(props: EcrImageProps, parts: ProjectParts): string {
    const { repository, role, logGroup } = parts;
    const variables = {
      BASE_IMAGE: props.baseImage,
      BUNDLE_SHA256: props.runtime.sha256,
      BUNDLE_URI: props.runtime.uri,
      REPOSITORY_NAME: repository.name,
      REPOSITORY_URL: repository.repositoryUrl,
      TAG: this.tag,
    };
    return new CodebuildProject(this, "Resource", {
      name: physicalName(NameRule.IAM_ROLE, this.node.path),
      description: escape(`Builds the training image ${this.tag}`),
      serviceRole: role.arn,
      encryptionKey: props.encryptionKey.keyArn,
      buildTimeout: 60,
      artifacts: { type: "NO_ARTIFACTS" },
      environment: {
        type: "LINUX_CONTAINER",
        computeType: "BUILD_GENERAL1_LARGE",
        image: BUILDER,
        privilegedMode: true,
        environmentVariable: Object.entries(variables).map(([name, value]) => ({ name, value: escape(value) })),
      },
      logsConfig: { cloudwatchLogs: { status: "ENABLED", groupName: logGroup } },
      source: {
        type: "NO_SOURCE",
        buildspec: jsonText({ version: "0.2", phases: { build: { commands: BUILD_COMMANDS } } }),
      },
    }).name;
  }
}

interface ProjectParts {
  readonly repository: EcrRepository;
  readonly role: IamRole;
  readonly logGroup: string;
}

const PUSH = [
  "ecr:BatchCheckLayerAvailability",
  "ecr:BatchGetImage",
  "ecr:CompleteLayerUpload",
  "ecr:DescribeImages",
  "ecr:InitiateLayerUpload",
  "ecr:PutImage",
  "ecr:UploadLayerPart",
];
