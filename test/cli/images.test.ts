import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { runCli } from "../../lib/cli/cli";
import { imagesMirrorCommand, type ShellRunner } from "../../lib/cli/images-command";
import { allCharts, allImages } from "../../lib/kubernetes/images/image-list";
import { MirrorTool } from "../../lib/kubernetes/images/mirror-commands";

const MIRROR = "harbor.example.com/ai";

function recording() {
  let [text, error] = ["", ""];
  const io = {
    out: (more: string) => void (text += more),
    error: (more: string) => void (error += more),
    stdin: () => Buffer.from(""),
  };
  return { io, said: () => ({ text, error }) };
}

async function aidc(...parameters: string[]) {
  const { io, said } = recording();
  const status = await runCli(parameters, io);
  return { status, ...said(), lines: said().text.split("\n").slice(0, -1) };
}

describe("list", () => {
  test("names every image and every chart once, with who starts it", async () => {
    const { status, lines } = await aidc("images", "list");
    expect(status).toBe(0);
    expect(lines[0]).toMatch(/^Image +Used by$/);
    const end = lines.indexOf("");
    expect(lines.slice(1, end)).toHaveLength(allImages().length);
    expect(lines.slice(1, end).every((line) => /^\S+:\S+ +\S/.test(line))).toBe(true);
    expect(lines.slice(end + 2).map((line) => line.split(/ +/)[0])).toEqual(allCharts().map(({ name }) => name));
  });

  test("tells programs the same", async () => {
    const { status, text } = await aidc("images", "list", "--json");
    const { images, charts } = JSON.parse(text) as Readonly<Record<"images" | "charts", readonly object[]>>;
    expect(status).toBe(0);
    expect(images).toHaveLength(allImages().length);
    expect(images[0]).toEqual({ reference: expect.any(String) as string, usedBy: expect.any(Array) as string[] });
    expect(Object.keys(charts[0] ?? {})).toEqual(["name", "repository", "version"]);
  });
});

describe("mirror", () => {
  test("writes a copy of each image to the mirror, under its own tag and with all platforms", async () => {
    const { status, lines } = await aidc("images", "mirror", MIRROR);
    expect(status).toBe(0);
    const copies = lines.filter((line) => line.startsWith("skopeo copy --all --preserve-digests docker://"));
    for (const { registry, repository, tag } of allImages()) {
      const target = `docker://${MIRROR}/${registry}/${repository}:${tag}`;
      expect(copies.filter((line) => line.endsWith(` ${target}`))).toHaveLength(1);
    }
  });

  test("takes crane for it", async () => {
    const { lines } = await aidc("images", "mirror", MIRROR, "--tool", "crane");
    expect(lines.some((line) => line.startsWith("crane copy "))).toBe(true);
    expect(lines.some((line) => line.startsWith("skopeo"))).toBe(false);
  });

  test.each([[[]], [["a b;rm"]], [[MIRROR, "--tool", "docker"]]])("refuses the call with %j", async (parameters) => {
    const { status, text, error } = await aidc("images", "mirror", ...parameters);
    expect({ status, text }).toEqual({ status: 2, text: "" });
    expect(error).not.toBe("");
  });

  async function running(shell?: ShellRunner) {
    const { io, said } = recording();
    const status = await imagesMirrorCommand(MIRROR, { tool: MirrorTool.SKOPEO, run: true }, io, shell);
    return { status, ...said() };
  }

  test("runs what it would write, in order, in a folder of its own that is gone afterwards", async () => {
    const { lines } = await aidc("images", "mirror", MIRROR);
    const ran: string[] = [];
    let folder = "";
    const { status, text } = await running((command, where) => {
      ran.push(command);
      folder = where;
      return Promise.resolve(existsSync(where) ? 0 : 1);
    });
    expect({ status, text }).toEqual({ status: 0, text: `mirrored: ${lines.length} commands run\n` });
    expect(ran).toEqual(lines);
    expect(existsSync(folder)).toBe(false);
  });

  test("stops at the first command that fails, and says how far it came", async () => {
    let count = 0;
    const { status, error } = await running(() => Promise.resolve(++count === 3 ? 1 : 0));
    expect({ status, count }).toEqual({ status: 1, count: 3 });
    expect(error).toMatch(/exit 1 after 2 of \d+ commands: log in to both registries, .*\n$/);
  });

  test("runs them in a shell, and knows a program that is not there", async () => {
    const folder = mkdtempSync(join(tmpdir(), "aidc-images-"));
    const log = join(folder, "log");
    const { PATH } = process.env;
    try {
      for (const program of ["skopeo", "helm"]) {
        writeFileSync(join(folder, program), `#!/bin/sh\necho "${program} $*" >> '${log}'\n`);
        chmodSync(join(folder, program), 0o755);
      }
      process.env.PATH = [folder, PATH].join(delimiter);
      expect((await running()).status).toBe(0);
      const { lines } = await aidc("images", "mirror", MIRROR);
      expect(readFileSync(log, "utf8").split("\n").slice(0, -1)).toEqual(lines);
      rmSync(join(folder, "skopeo"));
      const { status, error } = await running();
      expect(status).toBe(1);
      expect(error).toContain("exit 127 after 0 of");
      expect(error).toContain("not on the PATH; install it, or choose another with --tool");
    } finally {
      process.env.PATH = PATH;
      rmSync(folder, { recursive: true });
    }
  });
});
