import { stopEmulator } from "./embedded/emulator";
import { describe, exitCodeOf, Unready } from "./embedded/failures";
import { parseStopOptions } from "./embedded/options";
import { Workspace } from "./embedded/workspace";

/** `npm run stop`: ends the emulator that `npm start -- --keep` left running. */
async function stop(): Promise<void> {
  const workspace = new Workspace(parseStopOptions(process.argv.slice(2)).workDir);
  const owner = workspace.lockOwner();
  if (owner !== undefined) throw new Unready(`process ${owner} is using the emulator`, "End it with Ctrl-C first.");
  const pid = await stopEmulator(workspace);
  console.log(pid === undefined ? "Nothing is running." : `The emulator (process ${pid}) is ended.`);
}

stop().catch((error: unknown) => {
  for (const line of describe(error)) console.error(line);
  process.exitCode = exitCodeOf(error);
});
