import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const TERRAFORM = 'echo "Terraform v1.11.4"; echo "on linux_amd64"';

/** A clone with nothing in it but the bootstrap and what it reads, and a PATH with only what the test puts there. */
class Clone {
  public readonly root = mkdtempSync(join(tmpdir(), "aidc-clone-"));
  private readonly bin = join(this.root, "bin");

  public constructor() {
    for (const part of ["bootstrap.mjs", "bootstrap"]) {
      cpSync(join(__dirname, "..", "..", "tools", part), join(this.root, "tools", part), { recursive: true });
    }
    mkdirSync(this.bin);
    this.write("package-lock.json", JSON.stringify({ packages: { "": {}, "node_modules/a": { version: "1.0.0" } } }));
    this.write("embedded/requirements.txt", "moto==5.2.5\n");
    this.write("embedded/requirements-dev.txt", "pytest\n");
    this.write("runtime/requirements.txt", "torch==2.15.0\n");
    this.write("runtime/requirements-dev.txt", "pytest\n");
    // Stands in for npm: notes the call, and installs unless told to fail.
    this.write(
      "npm.js",
      `
      const fs = require("node:fs");
      fs.appendFileSync("calls.txt", "npm " + process.argv.slice(2).join(" ") + "\\n");
      console.log("npm writes on standard output");
      fs.rmSync("node_modules", { recursive: true, force: true });
      fs.mkdirSync("node_modules");
      process.exit(fs.existsSync("npm-fails") ? 1 : 0);`,
    );
  }

  public write(file: string, text: string): void {
    mkdirSync(join(this.root, file, ".."), { recursive: true });
    writeFileSync(join(this.root, file), text);
  }

  public remove(file: string): void {
    rmSync(join(this.root, file), { recursive: true });
  }

  public has(file: string): boolean {
    return existsSync(join(this.root, file));
  }

  /** Puts a command on the PATH. */
  public command(name: string, script: string): void {
    writeFileSync(join(this.bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(this.bin, name), 0o755);
  }

  /** A Python that can make environments, of itself; pip notes its calls. */
  public python(name: string, version: string, ensurepip = "True"): void {
    const [major, minor] = version.split(".");
    this.command(
      name,
      `case "$*" in
        -c*) echo "${major} ${minor} ${ensurepip}" ;;
        "-m venv"*) /bin/mkdir -p "$4/bin"; /bin/cp "$0" "$4/bin/python"; echo "venv" >> calls.txt ;;
        *--version) echo "pip 25" ;;
        *fetch_text.py*) echo "fetch $4" >> calls.txt; [ ! -e fetch-fails ] && echo "text" > "$5" ;;
        *) echo "$*" | /bin/sed "s/.*-r /pip /" >> calls.txt; [ ! -e pip-fails ] ;;
      esac`,
    );
  }

  public run(args: readonly string[] = [], env: Record<string, string> = {}) {
    const script = join(this.root, "tools", "bootstrap.mjs");
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
      cwd: this.root,
      encoding: "utf8",
      env: { PATH: this.bin, npm_execpath: join(this.root, "npm.js"), ...env },
    });
    return { status, stdout, stderr };
  }

  public get calls(): string[] {
    return this.has("calls.txt") ? readFileSync(join(this.root, "calls.txt"), "utf8").trim().split("\n") : [];
  }
}

let clone: Clone;
beforeEach(() => (clone = new Clone()));
afterEach(() => clone.remove("."));

describe("before anything is downloaded", () => {
  test("refuses a machine without Terraform, with the remedy in one line", () => {
    clone.python("python3", "3.11");
    const { status, stderr, stdout } = clone.run(["--python"]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^error: neither terraform nor tofu is on PATH\. Install Terraform 1\.10 or later .*\n$/);
    expect(clone.calls).toEqual([]);
  });

  test("refuses a machine without Python, with the remedy in one line", () => {
    clone.command("terraform", TERRAFORM);
    clone.python("python3", "3.9");
    const { status, stderr } = clone.run(["--python"]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error: no Python 3\.10 or later on PATH\. Install Python 3\.10 or later .*\n$/);
    expect(clone.calls).toEqual([]);
  });

  test("refuses a Python that cannot make environments", () => {
    clone.command("terraform", TERRAFORM);
    clone.python("python3", "3.12", "False");
    const { status, stderr } = clone.run(["--python"]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error: .*python3 lacks the venv module\. Install it \(.*apt install python3-venv\).*\n$/);
  });

  test("refuses an older Terraform, and an OpenTofu that does not run", () => {
    clone.command("terraform", 'echo "Terraform v1.9.8"; echo "on linux_amd64"');
    clone.command("tofu", 'echo "no version is set" >&2; exit 126');
    const { status, stderr } = clone.run(["--python"]);
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /terraform is Terraform 1\.9\.8, older than 1\.10; ".*tofu version" failed \(no version is set\)/,
    );
    expect(stderr).toContain("version manager's shim");
  });

  test("refuses an option it does not know", () => {
    expect(clone.run(["--pyhton"])).toMatchObject({ status: 2, stderr: expect.stringContaining("--pyhton") as string });
  });
});

describe("--check", () => {
  test("takes OpenTofu when the Terraform is too old", () => {
    clone.command("terraform", 'echo "Terraform v1.5.7"; echo "on linux_arm64"');
    clone.command("tofu", 'echo "OpenTofu v1.10.10"; echo "on linux_arm64"');
    const path = join(clone.root, "bin", "tofu");
    expect(JSON.parse(clone.run(["--check"]).stdout)).toEqual({
      terraform: { path, product: "opentofu", version: "1.10.10", platform: "linux_arm64" },
      runtime: { problem: expect.stringMatching(/^no Python 3\.11 or later on PATH\. Install Python 3\.11/) as string },
    });
  });

  test.each(["AIDC_TERRAFORM", "TERRAFORM_BINARY_NAME"])("takes the binary that %s names", (variable) => {
    clone.command("terraform", TERRAFORM);
    clone.command("terraform-1.12", 'echo "Terraform v1.12.0"; echo "on linux_amd64"');
    const { stdout } = clone.run(["--check"], { [variable]: "terraform-1.12" });
    expect(JSON.parse(stdout)).toMatchObject({ terraform: { version: "1.12.0" } });
    expect(clone.run(["--check"], { [variable]: "terraform-0" }).stderr).toContain(
      "terraform-0 is not an executable file",
    );
  });

  test("asks Terraform without the user's settings", () => {
    clone.command("terraform", `[ -z "$TF_CLI_ARGS$TF_CLI_CONFIG_FILE$AWS_PROFILE" ] && ${TERRAFORM}`);
    const hostile = { TF_CLI_ARGS: "-x", TF_CLI_CONFIG_FILE: "/nonexistent", AWS_PROFILE: "production" };
    expect(clone.run(["--check"], hostile)).toMatchObject({ status: 0, stderr: "" });
  });
});

describe("npm packages", () => {
  test("are installed once, announced with their size, with nothing on standard output", () => {
    const { status, stdout, stderr } = clone.run();
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
    expect(stderr).toMatch(/^Installing the npm packages of package-lock\.json .* MB to download, .* GB on disk/);
    expect(clone.calls).toEqual(["npm ci --no-audit --no-fund --loglevel=error"]);
    expect(clone.run()).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(clone.calls).toHaveLength(1);
  });

  test("are installed again when the lock file changed, or when the last time was cut off", () => {
    clone.run();
    clone.write("package-lock.json", JSON.stringify({ packages: { "node_modules/a": { version: "2.0.0" } } }));
    clone.write("npm-fails", "");
    expect(clone.run()).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("npm ci failed with status 1") as string,
    });
    clone.remove("npm-fails");
    expect(clone.run().status).toBe(0);
    expect(clone.calls).toHaveLength(3);
  });

  test("that somebody installed by hand are taken as they are, if they are the ones of the lock file", () => {
    const lock = {
      packages: {
        "": {},
        "node_modules/a": { version: "1.0.0" },
        "node_modules/b": { version: "1.0.0", optional: true },
      },
    };
    clone.write("package-lock.json", JSON.stringify(lock));
    const byHand = (version: string) =>
      clone.write("node_modules/.package-lock.json", JSON.stringify({ packages: { "node_modules/a": { version } } }));
    byHand("1.0.0");
    expect(clone.run()).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(clone.calls).toEqual([]);
    clone.remove("node_modules");
    byHand("0.9.0");
    clone.run();
    expect(clone.calls).toHaveLength(1);
  });
});

describe("Python packages", () => {
  beforeEach(() => {
    clone.command("terraform", TERRAFORM);
    // Version managers leave shims of versions that are not chosen on the PATH: they fail.
    clone.command("python3.13", 'echo "not chosen" >&2; exit 127');
    clone.python("python3.12", "3.12");
  });

  test("are installed once into an environment of the checkout, announced with their size", () => {
    const { status, stdout, stderr } = clone.run(["--python"]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
    expect(stderr).toMatch(
      /Creating \.venv with .*python3\.12 \.\.\.\nInstalling the Python packages .* MB to download/,
    );
    expect(clone.calls.slice(1)).toEqual(["venv", "pip embedded/requirements.txt"]);
    expect(clone.run(["--python"])).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(JSON.parse(clone.run(["--check"]).stdout)).toMatchObject({ python: join(clone.root, ".venv/bin/python") });
  });

  test("for the tests of the embedded cloud come on top", () => {
    clone.run(["--python"]);
    clone.run(["--python", "--python-dev"]);
    clone.run(["--python-dev"]);
    expect(clone.calls.slice(1)).toEqual([
      "venv",
      "pip embedded/requirements.txt",
      "pip embedded/requirements-dev.txt",
    ]);
  });

  test("are installed again when their list changed, or when the last time was cut off", () => {
    clone.run(["--python"]);
    clone.write("embedded/requirements.txt", "moto==5.2.6\n");
    clone.write("pip-fails", "");
    expect(clone.run(["--python"])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("pip install failed") as string,
    });
    expect(JSON.parse(clone.run(["--check"]).stdout)).not.toHaveProperty("python");
    clone.remove("pip-fails");
    expect(clone.run(["--python"]).status).toBe(0);
    expect(clone.calls.slice(1)).toEqual(["venv", ...Array<string>(3).fill("pip embedded/requirements.txt")]);
  });

  test("get a new environment when the old one lost its Python", () => {
    clone.run(["--python"]);
    clone.remove(".venv/bin/python");
    clone.run(["--python"]);
    expect(clone.calls.filter((call) => call === "venv")).toHaveLength(2);
    expect(clone.calls.at(-1)).toBe("pip embedded/requirements.txt");
  });
});

describe("what the training runtime needs", () => {
  const corpus = "fetch hironsan/corpus/iob_sents.txt";

  test("is refused on a Python that torch does not know, before anything is downloaded", () => {
    clone.python("python3", "3.10");
    const { status, stdout, stderr } = clone.run(["--runtime"]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^error: no Python 3\.11 or later on PATH\. Install Python 3\.11 or later .*\n$/);
    expect(clone.calls).toEqual([]);
  });

  test("is installed once into an environment of its own, with the corpus; it needs no Terraform", () => {
    clone.python("python3.12", "3.12");
    const { status, stdout, stderr } = clone.run(["--runtime"]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
    expect(stderr).toMatch(/Creating \.venv-runtime with .*python3\.12 .*\n.* GB to download .* GB on disk/);
    expect(stderr).toContain("Getting the corpus of the reference job");
    expect(clone.calls.slice(1)).toEqual(["venv", "pip runtime/requirements.txt", corpus]);
    expect(clone.run(["--runtime"])).toEqual({ status: 0, stdout: "", stderr: "" });
    clone.run(["--runtime-dev"]);
    expect(clone.calls.slice(4)).toEqual(["pip runtime/requirements-dev.txt"]);
    clone.command("terraform", TERRAFORM);
    expect(JSON.parse(clone.run(["--check"]).stdout)).toMatchObject({
      runtime: {
        python: join(clone.root, ".venv-runtime/bin/python"),
        corpus: join(clone.root, ".aidc/corpus/iob_sents.txt"),
      },
    });
  });

  test("is taken up again where it was cut off", () => {
    clone.python("python3.12", "3.12");
    clone.write("fetch-fails", "");
    const failed = clone.run(["--runtime"]);
    expect(failed).toMatchObject({ status: 1, stderr: expect.stringContaining("could not be fetched") as string });
    clone.remove("fetch-fails");
    expect(clone.run(["--runtime"]).status).toBe(0);
    expect(clone.calls.slice(1)).toEqual(["venv", "pip runtime/requirements.txt", corpus, corpus]);
  });
});
