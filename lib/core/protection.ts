import type { IConstruct, TerraformResourceLifecycle } from "../terraform/cdktf";

/**
 * Context key that takes all protection off, for a teardown that means it. Its only accepted value is
 * "data-loss-accepted"; see `docs/teardown.md`.
 */
export const UNPROTECTED_CONTEXT = "aidc:unprotected";

/** Whether stateful resources below this scope are protected: always, unless the app's context says otherwise. */
export function isProtected(scope: IConstruct): boolean {
  return scope.node.tryGetContext(UNPROTECTED_CONTEXT) !== "data-loss-accepted";
}

/** The lifecycle of a stateful resource: Terraform refuses to destroy it while protection is on. */
export function protectedLifecycle(
  scope: IConstruct,
  more: TerraformResourceLifecycle = {},
): TerraformResourceLifecycle {
  return isProtected(scope) ? { ...more, preventDestroy: true } : more;
}
