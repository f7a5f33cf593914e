#!/usr/bin/env node
/** `npm run stop`, also in a clone where nothing has been built: then nothing can be running. */
import { existsSync } from "node:fs";

const tool = new URL("../dist/tools/stop.js", import.meta.url);
if (existsSync(tool)) await import(tool.href);
else console.log("Nothing is running.");
