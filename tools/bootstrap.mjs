#!/usr/bin/env node
/**
 * Gets a fresh clone ready for `npm start` and `npm test`. Plain Node: it runs before there are any packages.
 *
 *   node tools/bootstrap.mjs                 npm packages
 *   node tools/bootstrap.mjs --python        Terraform is there; npm packages; Python packages of the embedded cloud
 *   node tools/bootstrap.mjs --python-dev    the same, and what tests the embedded cloud
 *   node tools/bootstrap.mjs --check         installs nothing: one JSON line that tells which Terraform and Python are used
 *
 * What is missing for good (Terraform, Python) is found before anything is downloaded. Standard output stays empty (but for
 * --check), so that the last line of `npm start --silent -- --json` is the result. Exit 2: something must be installed by hand.
 */
import { fileURLToPath } from "node:url";
import { Unready } from "./bootstrap/command.mjs";
import { checkNode, installNpmPackages } from "./bootstrap/npm-packages.mjs";
import { installPythonPackages, installedPython, preparePython } from "./bootstrap/python.mjs";
import { findTerraform } from "./bootstrap/terraform.mjs";

const OPTIONS = ["--python", "--python-dev", "--check"];

async function main(root, options) {
  const unknown = options.find((option) => !OPTIONS.includes(option));
  if (unknown !== undefined) throw new Unready(`unknown option ${unknown}`, `Known: ${OPTIONS.join(", ")}.`);
  checkNode(process.versions.node);
  if (options.includes("--check")) {
    console.log(JSON.stringify({ terraform: findTerraform(process.env), python: installedPython(root) }));
    return;
  }
  const dev = options.includes("--python-dev");
  const withPython = dev || options.includes("--python");
  if (withPython) findTerraform(process.env);
  const python = withPython ? preparePython(root, dev, process.env) : undefined;
  await installNpmPackages(root);
  if (python) await installPythonPackages(root, python);
}

try {
  await main(fileURLToPath(new URL("..", import.meta.url)), process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Unready)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = error.exitCode;
}
