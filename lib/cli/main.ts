#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { runCli } from "./cli";

process.exitCode = runCli(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
  stdin: () => readFileSync(0),
});
