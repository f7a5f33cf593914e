import { Unready, ask, which } from "./command.mjs";

/** S3 lock files need it; the stacks' `required_version` says the same. */
const LEAST = [1, 10];
const INSTALL =
  "Install Terraform 1.10 or later (https://developer.hashicorp.com/terraform/install) or OpenTofu 1.10 or later " +
  "(https://opentofu.org/docs/intro/install/), or point AIDC_TERRAFORM at the binary.";

/**
 * The Terraform or OpenTofu to use: AIDC_TERRAFORM, TERRAFORM_BINARY_NAME, then `terraform` and `tofu` on PATH.
 * @returns path, product ("terraform" or "opentofu"), version and platform, such as "linux_amd64"
 * @throws Unready when there is none, or only older ones
 */
export function findTerraform(env) {
  const named = env.AIDC_TERRAFORM || env.TERRAFORM_BINARY_NAME;
  const refusals = [];
  for (const name of named ? [named] : ["terraform", "tofu"]) {
    const path = which(name, env.PATH);
    if (path === undefined) continue;
    const found = identify(path, env);
    if (found.refusal === undefined) return found;
    refusals.push(found.refusal);
  }
  const missing = named ? `${named} is not an executable file` : "neither terraform nor tofu is on PATH";
  throw new Unready(refusals.length > 0 ? refusals.join("; ") : missing, INSTALL);
}

function identify(path, env) {
  // The same bare environment as later: a version manager's shim that needs the user's home must fail here, not half-way.
  const { output, failure } = ask(path, ["version"], { PATH: env.PATH, HOME: "/nonexistent", CHECKPOINT_DISABLE: "1" });
  const [, product, version, major, minor] = /^(Terraform|OpenTofu) v((\d+)\.(\d+)\.\S+)/m.exec(output ?? "") ?? [];
  const platform = /^on (\S+)$/m.exec(output ?? "")?.[1];
  if (version === undefined || platform === undefined) {
    const reason = (failure || "it names no version").split("\n")[0];
    return {
      refusal: `"${path} version" failed (${reason}); a version manager's shim must be replaced by the real binary`,
    };
  }
  if (Number(major) < LEAST[0] || (Number(major) === LEAST[0] && Number(minor) < LEAST[1])) {
    return { refusal: `${path} is ${product} ${version}, older than ${LEAST.join(".")}` };
  }
  return { path, product: product.toLowerCase(), version, platform };
}
