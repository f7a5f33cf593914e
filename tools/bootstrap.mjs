#!/usr/bin/env node
/**
 * Gets a fresh clone ready for `npm start` and `npm test`. Plain Node: it runs before there are any packages.
 *
 *   node tools/bootstrap.mjs                 npm packages
 *   node tools/bootstrap.mjs --python        Terraform is there; npm packages; Python packages of the embedded cloud
 *   node tools/bootstrap.mjs --python-dev    the same, and what tests the embedded cloud
 *   node tools/bootstrap.mjs --runtime       what the training runtime runs with, torch and transformers, and the corpus of the reference job
 *   node tools/bootstrap.mjs --runtime-dev   the same, and what tests the runtime
 *   node tools/bootstrap.mjs --check         installs nothing: one JSON line that tells which Terraform and Pythons are used
 *
 * What is missing for good (Terraform, Python) is found before anything is downloaded. Standard output stays empty (but for
 * --check), so that the last line of `npm start --silent -- --json` is the result. Exit 2: something must be installed by hand.
 */
import { fileURLToPath } from "node:url";
import { Unready } from "./bootstrap/command.mjs";
import { checkNode, installNpmPackages } from "./bootstrap/npm-packages.mjs";
import { fetchCorpus, fetchedCorpus } from "./bootstrap/corpus.mjs";
import {
  EMBEDDED,
  RUNTIME,
  findPython,
  installPythonPackages,
  installedPython,
  preparePython,
} from "./bootstrap/python.mjs";
import { findTerraform } from "./bootstrap/terraform.mjs";

const OPTIONS = ["--python", "--python-dev", "--runtime", "--runtime-dev", "--check"];

async function main(root, options) {
  const unknown = options.find((option) => !OPTIONS.includes(option));
  if (unknown !== undefined) throw new Unready(`unknown option ${unknown}`, `Known: ${OPTIONS.join(", ")}.`);
  checkNode(process.versions.node);
  if (options.includes("--check")) {
    console.log(
      JSON.stringify({
        terraform: findTerraform(process.env),
        python: installedPython(root, EMBEDDED),
        runtime: runtimeOf(root),
      }),
    );
    return;
  }
  const has = (option) => options.includes(option) || options.includes(`${option}-dev`);
  if (has("--python")) findTerraform(process.env);
  const prepare = (option, place) =>
    has(option) ? preparePython(root, place, options.includes(`${option}-dev`), process.env) : undefined;
  const wanted = [prepare("--python", EMBEDDED), prepare("--runtime", RUNTIME)];
  await installNpmPackages(root);
  for (const packages of wanted) if (packages) await installPythonPackages(root, packages);
  if (has("--runtime")) await fetchCorpus(root, installedPython(root, RUNTIME));
}

/** What training needs beside the rest: its Python and its corpus as far as they are here, or why they cannot come. */
function runtimeOf(root) {
  const python = installedPython(root, RUNTIME);
  if (python !== undefined) return { python, corpus: fetchedCorpus(root) };
  try {
    findPython(RUNTIME, process.env);
    return {};
  } catch (error) {
    if (error instanceof Unready) return { problem: error.message };
    throw error;
  }
}

try {
  await main(fileURLToPath(new URL("..", import.meta.url)), process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Unready)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = error.exitCode;
}
