import { ERROR_CODES, InvalidProps } from "cdktf-ai-datacenter/core";
import { Token } from "../../lib/terraform/cdktf";

test("tells code, path, what came in, what is allowed, and the remedy of the code", () => {
  const error = new InvalidProps("ZONES_EMPTY", "prod/Network.zones", { got: [], allowed: "one or more zones" });
  expect(error.message).toBe(
    "[ZONES_EMPTY] prod/Network.zones: got []; allowed: one or more zones. Name at least one zone, for example us-east-1a.",
  );
  expect(error).toMatchObject({ name: "InvalidProps", code: "ZONES_EMPTY", path: "prod/Network.zones", got: [] });
  expect(error.remedy).toBe(ERROR_CODES.ZONES_EMPTY.remedy);
});

test("says nothing where nothing came in, and a remedy of its own where one is given", () => {
  const error = new InvalidProps("NAME_INVALID", "x", { got: undefined, allowed: "a name", remedy: "Pass one." });
  expect(error.message).toBe("[NAME_INVALID] x: got nothing; allowed: a name. Pass one.");
  const notANumber = new InvalidProps("VALUE_OUT_OF_RANGE", "x", { got: Number.NaN, allowed: "1 to 8" });
  expect(notANumber.message).toContain("got NaN;");
});

test("never fails while it is made: what was wrong must come out", () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const said = (got: unknown) => new InvalidProps("NAME_INVALID", "x", { got, allowed: "a name" }).message;
  expect(said(circle)).toContain("got [object Object];");
  expect(said(1n)).toContain("got 1;");
  expect(said(Token.asNumber({ resolve: () => 3 }))).toContain("got a value known only after apply;");
});

test("has a meaning and a remedy for each code, as sentences", () => {
  for (const [code, { meaning, remedy }] of Object.entries(ERROR_CODES)) {
    expect(code).toMatch(/^[A-Z][A-Z0-9_]+$/);
    expect([code, meaning, remedy]).toEqual([
      code,
      expect.stringMatching(/^[A-Z].*\.$/),
      expect.stringMatching(/^[A-Z].*\.$/),
    ]);
  }
});
