import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { childEnvironment, type Environment } from "./environment";
import { RunFailed, Unready } from "./failures";
import type { ChildProcesses } from "./processes";
import { REPOSITORY, shown } from "./repository";
import type { Workspace } from "./workspace";

/** A synthesized stack. */
export interface SynthesizedStack {
  readonly name: string;
  /** Folder with its cdk.tf.json and assets. */
  readonly folder: string;
}

interface Manifest {
  readonly stacks: Readonly<Record<string, { readonly dependencies?: readonly string[] }>>;
}

/** What is synthesized. */
export interface Synthesis {
  /** Compiled app. */
  readonly app: string;
  readonly stage: string;
  /** Whether to leave the protection of stateful resources away, for a teardown. */
  readonly unprotected: boolean;
}

/** Runs the app and returns the stacks of one stage in the order in which they can be applied. */
export async function synthesize(
  children: ChildProcesses,
  workspace: Workspace,
  user: Environment,
  { app, stage, unprotected }: Synthesis,
): Promise<SynthesizedStack[]> {
  const outdir = workspace.synthFolder(unprotected);
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(dirname(outdir), { recursive: true });
  const errorLog = workspace.log("synth.log");
  const context = unprotected ? { "aidc:unprotected": "data-loss-accepted" } : {};
  const env = {
    ...childEnvironment(user, workspace.home),
    CDKTF_OUTDIR: outdir,
    CDKTF_CONTEXT_JSON: JSON.stringify(context),
  };
  const lines: string[] = [];
  const status = await children.run(process.execPath, [app], { cwd: REPOSITORY, env, errorLog }, (l) => lines.push(l));
  if (status !== 0) throw new RunFailed("the synthesis failed", [...lines, lastLines(errorLog)], shown(errorLog));
  return stacksOf(outdir, stage);
}

/**
 * The stacks of one stage from the manifest of an app, producers first.
 * @throws Unready when the stage has none, RunFailed when they depend on each other in a circle
 */
export function stacksOf(outdir: string, stage: string): SynthesizedStack[] {
  const manifest = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8")) as Manifest;
  const all = Object.keys(manifest.stacks);
  const names = all.filter((name) => name.startsWith(`${stage}-`));
  if (names.length === 0) {
    const stages = [...new Set(all.map((name) => name.replace(/-.*$/, "")))];
    throw new Unready(`there is no stack of stage "${stage}"`, `Stages of stacks/config.ts: ${stages.join(", ")}.`);
  }
  const dependencies = (name: string) => manifest.stacks[name]?.dependencies ?? [];
  return inOrder(names, dependencies).map((name) => ({ name, folder: join(outdir, "stacks", name) }));
}

/** Sorts names so that each comes after what it depends on; among equals the given order stays. */
export function inOrder(names: readonly string[], dependencies: (name: string) => readonly string[]): string[] {
  const ordered: string[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    if (ordered.includes(name)) return;
    if (path.includes(name)) throw new RunFailed(`stacks depend on each other: ${[...path, name].join(" -> ")}`);
    for (const dependency of dependencies(name)) {
      if (names.includes(dependency)) visit(dependency, [...path, name]);
    }
    ordered.push(name);
  };
  for (const name of names) visit(name, []);
  return ordered;
}

function lastLines(file: string): string {
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-30).join("\n");
}
