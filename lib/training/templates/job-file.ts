import { parse, YAMLParseError } from "yaml";
import { InvalidProps } from "../../core";
import { resolveTrainingJob, type ResolvedTrainingJob } from "../resolve-training-job";
import type { TrainingJobOptions } from "../training-job-props";
import { jobOfTemplate, JobOverride, type JobTemplateDocument } from "./document";

/** What stands in the file of a job: its name, its template as "team/template", and what it changes of that. */
export interface JobFile {
  readonly name: string;
  readonly team: string;
  readonly template: string;
  readonly changes: Readonly<Record<string, unknown>>;
}

/** The two ways to say how many nodes exclude each other. */
const EXCLUDED: Readonly<Record<string, readonly JobOverride[]>> = {
  nodes: [JobOverride.MIN_NODES, JobOverride.MAX_NODES],
  minNodes: [JobOverride.NODES],
  maxNodes: [JobOverride.NODES],
};

/** @param at name of the file, for messages @throws InvalidProps JOB_FILE_INVALID */
export function parseJobFile(text: string, at: string): JobFile {
  const content = parsed(text, at);
  const refuse = (member: string, got: unknown, allowed: string) =>
    new InvalidProps("JOB_FILE_INVALID", `${at}.${member}`, { got, allowed });
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw new InvalidProps("JOB_FILE_INVALID", at, {
      got: content,
      allowed: "name, template, and what differs from it",
    });
  }
  const { name, template, ...changes } = content as Readonly<Record<string, unknown>>;
  if (typeof name !== "string") throw refuse("name", name, "the name of the job");
  const [, team, word] = /^([a-z0-9-]+)\/([a-z0-9-]+)$/.exec(typeof template === "string" ? template : "") ?? [];
  if (team === undefined || word === undefined) throw refuse("template", template, "team/template");
  return { name, team, template: word, changes };
}

function parsed(text: string, at: string): unknown {
  try {
    return parse(text) as unknown;
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw new InvalidProps("JOB_FILE_INVALID", at, { got: error.message.split("\n")[0], allowed: "YAML" });
  }
}

/**
 * The job of a file: its template with what the file changes, held against everything that a `TrainingJob` is held against.
 * @throws InvalidProps JOB_FILE_INVALID; as `resolveTrainingJob`
 */
export function resolveJobFile(file: JobFile, template: JobTemplateDocument, at: string): ResolvedTrainingJob {
  const base = jobOfTemplate(template) as unknown as Readonly<Record<string, unknown>>;
  const allowed = template.overrides.join(", ") || "nothing beside the name";
  const changed: Record<string, unknown> = { ...base, name: file.name };
  for (const [member, value] of Object.entries(file.changes)) {
    if (!(template.overrides as readonly string[]).includes(member)) {
      throw new InvalidProps("JOB_FILE_INVALID", `${at}.${member}`, { got: value, allowed });
    }
    for (const other of EXCLUDED[member] ?? []) if (!(other in file.changes)) changed[other] = undefined;
    changed[member] = merged(base[member], value);
  }
  return resolveTrainingJob(changed as unknown as TrainingJobOptions, at);
}

function merged(base: unknown, value: unknown): unknown {
  return isPart(base) && isPart(value) ? { ...base, ...value } : value;
}

function isPart(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
