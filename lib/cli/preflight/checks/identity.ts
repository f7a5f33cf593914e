import { CloudFailure } from "../cloud";
import type { Finding } from "../finding";
import type { Place } from "../stage";

/**
 * The credentials are of the account that the provider takes: anything else found out would be about another account.
 * @throws CloudFailure otherwise
 */
export function checkIdentity(account: string, { accounts }: Pick<Place, "accounts">): Finding {
  if (accounts.length === 0) {
    const message = `account ${account}; the provider states no allowed_account_ids, so this may not be the one it will deploy to`;
    return {
      check: "identity",
      pools: [],
      status: "warning",
      message,
      remedy: "Set allowed_account_ids of the provider.",
    };
  }
  if (!accounts.includes(account)) {
    throw new CloudFailure(
      `the credentials are of account ${account}, and the stage deploys to ${accounts.join(" or ")}`,
      "Take credentials of that account, such as AWS_PROFILE of one of its roles.",
    );
  }
  return { check: "identity", pools: [], status: "ok", message: `account ${account}, as the provider states` };
}
