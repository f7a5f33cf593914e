import { Annotations, type IConstruct } from "../terraform/cdktf";
import { InvalidProps, messageOf, type Refusal } from "./errors";

/**
 * What works, and what one may regret. A warning is shown at synth until it is acknowledged, by its id and with a reason. Ids are
 * public API: they are added, never renamed.
 */
export const WARNINGS = {
  FABRIC_MISSING: {
    meaning:
      "A gang of several nodes trains on a type without EFA, or with its fabric off: gradients travel over TCP, and most of the time is spent waiting.",
    remedy: "Choose a type with EFA, keep the gang on one node, or acknowledge the warning with a reason.",
  },
  SPOT_GANG_WITHOUT_CHECKPOINTS: {
    meaning: "A gang on spot capacity saves no checkpoints: the first interruption of any node loses all of its work.",
    remedy: "Set a checkpoint interval, choose other capacity, or acknowledge the warning with a reason.",
  },
} as const;

/** A stable id of a warning; see `docs/errors.md`. */
export type WarningId = keyof typeof WARNINGS;

/** Reasons for which warnings are taken as they are, by warning id. */
export type Acknowledgements = Readonly<Record<string, string>>;

export function isWarningId(code: string): code is WarningId {
  return Object.hasOwn(WARNINGS, code);
}

/** The text of a warning, in the form of a refusal. */
export function warningText(id: WarningId, path: string, refusal: Refusal): string {
  return messageOf(id, path, { ...refusal, remedy: refusal.remedy ?? WARNINGS[id].remedy });
}

/**
 * Shows the warnings that nobody has acknowledged.
 * @param acknowledged reasons by warning id; each must meet a warning, so that none outlives what it was written for
 * @throws InvalidProps WARNING_ACKNOWLEDGEMENT_INVALID
 */
export function showWarnings(
  scope: IConstruct,
  warnings: readonly { readonly id: WarningId; readonly message: string }[],
  acknowledged: Acknowledgements = {},
): void {
  for (const [id, reason] of Object.entries(acknowledged)) {
    const path = `${scope.node.path}.acknowledgeWarnings`;
    if (!warnings.some((warning) => warning.id === id)) {
      const allowed = warnings.map((warning) => warning.id).join(", ") || "nothing: there is no warning";
      throw new InvalidProps("WARNING_ACKNOWLEDGEMENT_INVALID", path, { got: id, allowed });
    }
    if (reason.trim() === "") {
      throw new InvalidProps("WARNING_ACKNOWLEDGEMENT_INVALID", path, { got: reason, allowed: `a reason for ${id}` });
    }
  }
  for (const { id, message } of warnings) {
    if (!(id in acknowledged)) Annotations.of(scope).addWarning(message);
  }
}
