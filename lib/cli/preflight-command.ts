import { type CommandIo, OK, REFUSED, UNUSABLE } from "./guard-command";
import { checkIdentity } from "./preflight/checks/identity";
import { type Cloud, CloudFailure } from "./preflight/cloud";
import type { Finding, Status } from "./preflight/finding";
import { describe, placeReport, type PlaceReport, reportOf } from "./preflight/report";
import { runChecks } from "./preflight/run";
import { loadSdk } from "./preflight/sdk";
import { SdkCloud } from "./preflight/sdk-cloud";
import { type Place, readStage, type Target, UnreadableStage } from "./preflight/stage";

export interface PreflightOptions {
  /** Folder that cdktf synthesizes into. */
  readonly out: string;
  readonly json: boolean;
}

/** What the command takes from around it; tests put something else there. */
export interface PreflightSurroundings {
  readonly open: (place: Place) => Promise<Cloud>;
  readonly now: () => Date;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const REAL: PreflightSurroundings = {
  open: (place) => SdkCloud.open(loadSdk(), place),
  now: () => new Date(),
  env: process.env,
};

/** What is not known outweighs a warning and not a trouble: that is certain. */
const EXIT: Readonly<Record<Status, number>> = { ok: OK, warning: OK, trouble: REFUSED, unknown: UNUSABLE };

/** `aidc preflight`: asks an account, without changing anything, what a plan cannot see. @returns the exit status */
export async function preflightCommand(
  stage: string,
  { out, json }: PreflightOptions,
  io: CommandIo,
  { open, now, env }: PreflightSurroundings = REAL,
): Promise<number> {
  try {
    const targets = readStage(stage, out, env.AWS_REGION ?? env.AWS_DEFAULT_REGION);
    // All accounts first: a stage that is half in the wrong one is not judged by halves.
    const places = await Promise.all(targets.map((target) => identify(target, open)));
    const report = reportOf(stage, await Promise.all(places.map((place) => inspect(stage, place, now()))));
    io.out(json ? `${JSON.stringify(report, undefined, 2)}\n` : `${describe(report).join("\n")}\n`);
    return EXIT[report.status];
  } catch (error) {
    if (!(error instanceof UnreadableStage || error instanceof CloudFailure)) throw error;
    const remedy = error instanceof CloudFailure && error.remedy !== undefined ? `. ${error.remedy}` : "";
    io.error(`${error.message}${remedy}\n`);
    return UNUSABLE;
  }
}

interface Identified {
  readonly target: Target;
  readonly cloud: Cloud;
  readonly account: string;
  readonly identity: Finding;
}

async function identify(target: Target, open: PreflightSurroundings["open"]): Promise<Identified> {
  const cloud = await open(target);
  const account = await cloud.account();
  return { target, cloud, account, identity: checkIdentity(account, target) };
}

async function inspect(
  stage: string,
  { target, cloud, account, identity }: Identified,
  now: Date,
): Promise<PlaceReport> {
  const findings = await runChecks({ stage, account, target, cloud, now });
  return placeReport(target, account, [identity, ...findings]);
}
