#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { runCli } from "./cli";

const io = {
  out: (text: string) => process.stdout.write(text),
  error: (text: string) => process.stderr.write(text),
  stdin: () => readFileSync(0),
};

void runCli(process.argv.slice(2), io).then((status) => {
  process.exitCode = status;
});
