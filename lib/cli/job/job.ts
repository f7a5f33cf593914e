import { readFileSync } from "node:fs";
import { join } from "node:path";
import { InvalidProps } from "../../core";
import {
  type JobTemplateDocument,
  parseJobFile,
  resolveJobFile,
  type ResolvedTrainingJob,
  trainingManifests,
  manifestsText,
} from "../../training";

/** A file or a template that cannot be read. */
export class UnreadableJob extends Error {}

/** The job of a file, with the text of its manifests. */
export interface RenderedJob {
  readonly job: ResolvedTrainingJob;
  readonly namespace: string;
  readonly text: string;
}

/**
 * Reads a job's file and its template.
 * @param out folder that the platform's stacks were synthesized into
 * @throws InvalidProps, UnreadableJob
 */
export function renderedJob(file: string, out: string): RenderedJob {
  const parsed = parseJobFile(read(file, "the file of the job"), file);
  const path = join(out, "jobs", parsed.team, `${parsed.template}.json`);
  const template = templateOf(
    read(path, `template ${parsed.team}/${parsed.template}; is --out right, and is it synthesized`),
    path,
  );
  const job = resolveJobFile(parsed, template, file);
  const text = manifestsText(trainingManifests(job, { monitored: template.monitored }, file));
  return { job, namespace: job.options.identity.namespace, text };
}

function templateOf(text: string, path: string): JobTemplateDocument {
  const document = JSON.parse(text) as JobTemplateDocument;
  // The number is that of a file, which a later release may have written.
  if ((document.version as number) === 1) return document;
  const allowed = "version 1: update cdktf-ai-datacenter";
  throw new InvalidProps("JOB_TEMPLATE_INVALID", path, { got: document.version, allowed });
}

function read(path: string, what: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new UnreadableJob(`${path}: cannot read ${what} (${code})`);
  }
}
