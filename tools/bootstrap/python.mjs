import { existsSync } from "node:fs";
import { join } from "node:path";
import { Unready, ask, runVisibly, which } from "./command.mjs";
import { Stamp } from "./stamp.mjs";

/** An environment of Python packages in the checkout. Sizes were measured with an empty pip cache, Python 3.11 on linux-x64. */
export const EMBEDDED = {
  venv: ".venv",
  /** Folder of the lists of packages. */
  source: "embedded",
  /** Oldest Python 3 that the packages know. */
  least: 10,
  lists: [
    {
      file: "requirements.txt",
      what: "moto server, the embedded cloud",
      size: "about 50 MB to download, 320 MB on disk",
    },
    { file: "requirements-dev.txt", what: "what tests the embedded cloud", size: "about 12 MB to download" },
  ],
};

/** What the training runtime has in its image: torch brings its CUDA libraries along, wanted or not. */
export const RUNTIME = {
  venv: ".venv-runtime",
  source: "runtime",
  least: 11,
  /** Minutes: pip's own lines are shown. */
  isLong: true,
  lists: [
    {
      file: "requirements.txt",
      what: "torch and transformers, for the training runtime",
      size: "about 3.2 GB to download on Linux, 6.1 GB on disk",
    },
    {
      file: "requirements-dev.txt",
      what: "what tests the training runtime",
      size: "about 90 MB to download, 330 MB on disk",
    },
  ],
};

const PROBE = "import sys, importlib.util as u; print(*sys.version_info[:2], u.find_spec('ensurepip') is not None)";

/** The Python of one of the checkout's environments, or undefined while there is none. */
export function installedPython(root, place) {
  const python = pythonOf(root, place);
  return existsSync(python) && stampOf(root, place, place.lists[0]).isCurrent ? python : undefined;
}

/**
 * Which lists are to be installed and with which Python; looks only, so that a missing Python is told before any download.
 * @throws Unready when there is no usable Python
 */
export function preparePython(root, place, dev, env) {
  const wanted = dev ? place.lists : place.lists.slice(0, 1);
  const lists = wanted.filter((list) => !stampOf(root, place, list).isCurrent);
  const python = pythonOf(root, place);
  if (lists.length === 0 && existsSync(python)) return undefined;
  const usable = existsSync(python) && ask(python, ["-m", "pip", "--version"], cleanEnvironment()).output !== undefined;
  // A new environment is empty, whatever the stamps in the old one said.
  return { place, python, base: usable ? undefined : findPython(place, env), lists: usable ? lists : wanted };
}

/** Makes the environment if needed and installs the lists into it. */
export async function installPythonPackages(root, { place, python, base, lists }) {
  const options = { cwd: root, env: cleanEnvironment() };
  const { venv, source, isLong } = place;
  if (base !== undefined) {
    console.error(`Creating ${venv} with ${base} ...`);
    const status = await runVisibly(base, ["-m", "venv", "--clear", join(root, venv)], options);
    if (status !== 0) throw new Unready(`"${base} -m venv ${venv}" failed with status ${status}`, installFrom(place));
  }
  for (const list of lists) {
    stampOf(root, place, list).remove();
    console.error(
      `Installing the Python packages of ${source}/${list.file} (${list.what}) into ${venv}: ${list.size} ...`,
    );
    const args = ["-m", "pip", "install", ...(isLong ? [] : ["--quiet"]), "--disable-pip-version-check"];
    const status = await runVisibly(python, [...args, "-r", join(source, list.file)], options);
    if (status !== 0) {
      const remedy =
        "Its own message is above; without network access to the package index, or room on the disk, nothing can be installed.";
      throw new Unready(`pip install failed with status ${status}`, remedy, 1);
    }
    stampOf(root, place, list).write();
  }
}

/** @throws Unready when there is none of the versions that the packages know, or only ones without the venv module */
export function findPython(place, env) {
  const withoutVenv = [];
  for (const name of env.PYTHON ? [env.PYTHON] : candidates(place)) {
    const path = which(name, env.PATH);
    // Version managers put a shim on PATH for each version, also for those that are not chosen: it fails, and is passed over.
    const [major, minor, hasVenv] =
      (path && ask(path, ["-c", PROBE], cleanEnvironment()).output?.trim().split(" ")) || [];
    if (!(Number(major) === 3 && Number(minor) >= place.least)) continue;
    if (hasVenv === "True") return path;
    withoutVenv.push(path);
  }
  const wanted = `Python 3.${place.least} or later`;
  if (withoutVenv.length === 0) {
    throw new Unready(env.PYTHON ? `${env.PYTHON} is no ${wanted}` : `no ${wanted} on PATH`, installFrom(place));
  }
  const remedy = "Install it (Debian and Ubuntu: apt install python3-venv), or point PYTHON at a Python that has it.";
  throw new Unready(`${withoutVenv[0]} lacks the venv module`, remedy);
}

function candidates({ least }) {
  const versions = [13, 12, 11, 10].filter((minor) => minor >= least);
  return [...versions.map((minor) => `python3.${minor}`), "python3", "python"];
}

function installFrom({ least }) {
  return (
    `Install Python 3.${least} or later (https://www.python.org/downloads/; Debian and Ubuntu: apt install python3 python3-venv), ` +
    "or point PYTHON at one."
  );
}

/** pip keeps the user's index and proxy settings; what would send packages past the environment goes. */
function cleanEnvironment() {
  const { PYTHONHOME, PYTHONPATH, PIP_USER, PIP_TARGET, PIP_PREFIX, ...env } = process.env;
  void [PYTHONHOME, PYTHONPATH, PIP_USER, PIP_TARGET, PIP_PREFIX];
  return env;
}

function pythonOf(root, { venv }) {
  return join(root, venv, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
}

function stampOf(root, { venv, source }, list) {
  return new Stamp(join(root, venv, `.aidc-${list.file}.sha256`), join(root, source, list.file));
}
