import { testStack } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import fc from "fast-check";
import { normalizePrefix } from "../../lib/storage";
import { Token } from "../../lib/terraform/cdktf";

const segment = fc.stringMatching(/^[A-Za-z0-9_.=+@,:!()'-]{1,12}$/).filter((text) => text !== "." && text !== "..");
const folder = fc.array(segment, { minLength: 1, maxLength: 8 }).map((segments) => segments.join("/"));

describe("normalizePrefix", () => {
  test("gives one form, whether or not the slash at the end was written", () => {
    fc.assert(
      fc.property(folder, (path) => {
        const normal = normalizePrefix(path, "at");
        expect(normal).toBe(`${path}/`);
        expect(normalizePrefix(normal, "at")).toBe(normal);
      }),
    );
  });

  test("never lets anything through that could leave the prefix or act as a pattern", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        let normal: string;
        try {
          normal = normalizePrefix(text, "at");
        } catch {
          return;
        }
        expect(normal).toMatch(/^$|^([^/]+\/)+$/);
        expect(normal).not.toMatch(/[*?$%{}"\\\s]|(^|\/)\.{1,2}\//);
      }),
    );
  });

  test("means the whole store by an empty prefix", () => {
    expect(normalizePrefix("", "at")).toBe("");
  });

  test.each([
    "/checkpoints",
    "/",
    "a//b",
    "a/../b",
    "..",
    "./a",
    "a/*",
    "a?",
    "a b",
    "${aws:username}/",
    "a\\b",
    "ä",
    "x".repeat(240),
  ])("refuses %j", (prefix) => {
    expect(() => normalizePrefix(prefix, "test/Store.at")).toRefuse("PREFIX_INVALID", {
      path: "test/Store.at",
      got: prefix,
    });
  });

  test("brings a value known after apply to the same form there", () => {
    testStack();
    const token = Token.asString({ resolve: () => "later", creationStack: [], toString: () => "later" });
    expect(normalizePrefix(token, "at")).toMatch(/^\$\{TfToken\[.+\]\}\/$/);
  });
});
