import { existsSync } from "node:fs";
import { join } from "node:path";
import { Unready, ask, runVisibly, which } from "./command.mjs";
import { Stamp } from "./stamp.mjs";

const CANDIDATES = ["python3.13", "python3.12", "python3.11", "python3.10", "python3", "python"];
/** What each list brings. Measured 2026-11-23 with an empty pip cache, Python 3.11 on linux-x64. */
const LISTS = [
  {
    file: "requirements.txt",
    what: "moto server, the embedded cloud",
    size: "about 50 MB to download, 320 MB on disk",
  },
  { file: "requirements-dev.txt", what: "what tests the embedded cloud", size: "about 12 MB to download" },
];
const INSTALL =
  "Install Python 3.10 or later (https://www.python.org/downloads/; Debian and Ubuntu: apt install python3 python3-venv), " +
  "or point PYTHON at one.";
const PROBE = "import sys, importlib.util as u; print(*sys.version_info[:2], u.find_spec('ensurepip') is not None)";

/** The Python of the checkout's own environment, or undefined while there is none. */
export function installedPython(root) {
  const python = inVenv(root, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  return existsSync(python) && stampOf(root, LISTS[0]).isCurrent ? python : undefined;
}

/**
 * Which lists are to be installed and with which Python; looks only, so that a missing Python is told before any download.
 * @throws Unready when there is no usable Python
 */
export function preparePython(root, dev, env) {
  const lists = (dev ? LISTS : LISTS.slice(0, 1)).filter((list) => !stampOf(root, list).isCurrent);
  const venv = inVenv(root, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  if (lists.length === 0 && existsSync(venv)) return undefined;
  const usable = existsSync(venv) && ask(venv, ["-m", "pip", "--version"], cleanEnvironment()).output !== undefined;
  // A new environment is empty, whatever the stamps in the old one said.
  return { venv, base: usable ? undefined : findPython(env), lists: usable ? lists : LISTS.slice(0, dev ? 2 : 1) };
}

/** Makes `.venv` if needed and installs the lists into it. */
export async function installPythonPackages(root, { venv, base, lists }) {
  const options = { cwd: root, env: cleanEnvironment() };
  if (base !== undefined) {
    console.error(`Creating .venv with ${base} ...`);
    const status = await runVisibly(base, ["-m", "venv", "--clear", join(root, ".venv")], options);
    if (status !== 0) throw new Unready(`"${base} -m venv .venv" failed with status ${status}`, INSTALL);
  }
  for (const list of lists) {
    stampOf(root, list).remove();
    console.error(
      `Installing the Python packages of embedded/${list.file} (${list.what}) into .venv: ${list.size} ...`,
    );
    const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", join("embedded", list.file)];
    const status = await runVisibly(venv, args, options);
    if (status !== 0) {
      const remedy = "Its own message is above; without network access to the package index nothing can be installed.";
      throw new Unready(`pip install failed with status ${status}`, remedy, 1);
    }
    stampOf(root, list).write();
  }
}

function findPython(env) {
  const withoutVenv = [];
  for (const name of env.PYTHON ? [env.PYTHON] : CANDIDATES) {
    const path = which(name, env.PATH);
    // Version managers put a shim on PATH for each version, also for those that are not chosen: it fails, and is passed over.
    const [major, minor, hasVenv] =
      (path && ask(path, ["-c", PROBE], cleanEnvironment()).output?.trim().split(" ")) || [];
    if (!(Number(major) === 3 && Number(minor) >= 10)) continue;
    if (hasVenv === "True") return path;
    withoutVenv.push(path);
  }
  if (withoutVenv.length === 0) {
    throw new Unready(
      env.PYTHON ? `${env.PYTHON} is no Python 3.10 or later` : "no Python 3.10 or later on PATH",
      INSTALL,
    );
  }
  const remedy = "Install it (Debian and Ubuntu: apt install python3-venv), or point PYTHON at a Python that has it.";
  throw new Unready(`${withoutVenv[0]} lacks the venv module`, remedy);
}

/** pip keeps the user's index and proxy settings; what would send packages past the environment goes. */
function cleanEnvironment() {
  const { PYTHONHOME, PYTHONPATH, PIP_USER, PIP_TARGET, PIP_PREFIX, ...env } = process.env;
  void [PYTHONHOME, PYTHONPATH, PIP_USER, PIP_TARGET, PIP_PREFIX];
  return env;
}

function inVenv(root, path) {
  return join(root, ".venv", path);
}

function stampOf(root, list) {
  return new Stamp(inVenv(root, `.aidc-${list.file}.sha256`), join(root, "embedded", list.file));
}
