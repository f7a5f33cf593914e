import type * as ec2 from "@aws-sdk/client-ec2";
import type * as groups from "@aws-sdk/client-resource-groups";
import type * as quotas from "@aws-sdk/client-service-quotas";
import type * as sts from "@aws-sdk/client-sts";
import { CloudFailure } from "./cloud";

const PACKAGES = ["client-ec2", "client-resource-groups", "client-service-quotas", "client-sts"].map(
  (name) => `@aws-sdk/${name}`,
);

/** The clients of the AWS SDK that are used. */
export interface Sdk {
  readonly ec2: typeof ec2;
  readonly quotas: typeof quotas;
  readonly sts: typeof sts;
  readonly groups: typeof groups;
}

/**
 * Loads the SDK when it is used: who only synthesizes need not have it (optional peers, 45 MB), nor wait for it.
 * @param load finds a package @default - Node's own `require`
 * @throws CloudFailure when it is not installed
 */
export function loadSdk(load: (name: string) => unknown = require): Sdk {
  try {
    const [ec2, groups, quotas, sts] = PACKAGES.map((name) => load(name));
    return { ec2, groups, quotas, sts } as Sdk;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    const install = `npm install --save-dev ${PACKAGES.map((name) => `${name}@3`).join(" ")}`;
    throw new CloudFailure("preflight asks AWS through its SDK, which is not installed", `Install it: ${install}`);
  }
}
