import { type CommandIo, OK, REFUSED, UNUSABLE } from "./guard-command";
import { describeReport, doctorReport } from "./doctor/finding";
import { machineProbes } from "./doctor/machine";
import type { Address, Probes } from "./doctor/probes";
import { examine } from "./doctor/run";
import { readStage, UnreadableStage } from "./preflight/stage";

export interface DoctorOptions {
  /** Folder that cdktf synthesizes into. */
  readonly out: string;
  readonly json: boolean;
  /** Near end of a tunnel to the Kubernetes API, such as "localhost:8443". @default - the API's own address */
  readonly tunnel?: string;
}

/**
 * `aidc doctor`: whether this machine can deploy a stage: programs, credentials, account, and the API of the cluster. Changes nothing.
 * @param probes what asks the machine @default - the machine itself
 * @returns the exit status: 0 all right, 1 trouble, 2 no such stage or a wrong argument
 */
export async function doctorCommand(
  stage: string,
  { out, json, tunnel }: DoctorOptions,
  io: CommandIo,
  probes: Probes = machineProbes(),
): Promise<number> {
  const address = tunnel === undefined ? undefined : addressOf(tunnel);
  if (tunnel !== undefined && address === undefined) {
    io.error(`--tunnel: got ${JSON.stringify(tunnel)}; allowed: host and port, such as localhost:8443\n`);
    return UNUSABLE;
  }
  try {
    const targets = readStage(stage, out, probes.env.AWS_REGION ?? probes.env.AWS_DEFAULT_REGION);
    const report = doctorReport(stage, await examine({ stage, targets, out, tunnel: address }, probes));
    io.out(json ? `${JSON.stringify(report, undefined, 2)}\n` : `${describeReport(report).join("\n")}\n`);
    return report.status === "ok" ? OK : REFUSED;
  } catch (error) {
    if (!(error instanceof UnreadableStage)) throw error;
    io.error(`${error.message}\n`);
    return UNUSABLE;
  }
}

function addressOf(text: string): Address | undefined {
  const [, host, port] = /^([A-Za-z0-9.-]+):(\d{1,5})$/.exec(text) ?? [];
  return host === undefined || Number(port) < 1 || Number(port) > 65_535 ? undefined : { host, port: Number(port) };
}
