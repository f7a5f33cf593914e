import { type Finding, type JudgeReport, weigh } from "../../tools/judges/verdict";

const finding = (more: Partial<Finding> = {}): Finding => ({
  check: "checkov/CKV_K8S_16",
  object: "prod-operators/DaemonSet/kube-system/efa",
  message: "Container should not be privileged",
  ...more,
});
const report = (...findings: Finding[]): JudgeReport => ({ judge: "checkov", evaluated: 10, findings });
const LEAST = { checkov: 5, "kube-score": 5, schema: 5, "pod-security": 5 };
const waiver = (objects: readonly string[], reason = "The plugin talks to the kubelet through its socket.") => ({
  check: "checkov/CKV_K8S_16",
  objects,
  reason,
});

test("refuses a finding that nobody waived", () => {
  expect(weigh([report(finding())], [], LEAST)).toEqual({
    waived: 0,
    problems: ["checkov/CKV_K8S_16 prod-operators/DaemonSet/kube-system/efa: Container should not be privileged"],
  });
});

test("lives with one that is waived with a reason, by a pattern", () => {
  expect(weigh([report(finding())], [waiver(["*/DaemonSet/kube-system/*"])], LEAST)).toEqual({
    waived: 1,
    problems: [],
  });
});

test("takes a pattern for the whole id, and dots for dots", () => {
  const { problems } = weigh([report(finding({ object: "a/Pod/-/xxyz" }))], [waiver(["a/Pod/-/x.y", "a/Pod"])], LEAST);
  expect(problems).toHaveLength(3);
});

test("refuses a pattern that covers nothing, though others of its waiver do", () => {
  const { problems } = weigh([report(finding())], [waiver(["*/DaemonSet/*", "dev-*"])], LEAST);
  expect(problems).toEqual(["waiver of checkov/CKV_K8S_16 on dev-* covers no finding: remove it"]);
});

test("refuses a waiver without a reason", () => {
  const { problems } = weigh([report(finding())], [waiver(["*"], "because")], LEAST);
  expect(problems).toEqual(["waiver of checkov/CKV_K8S_16 gives no reason"]);
});

test("waives no other check of the same object", () => {
  const other = finding({ check: "checkov/CKV_K8S_20" });
  const { waived, problems } = weigh([report(finding(), other)], [waiver(["*"])], LEAST);
  expect({ waived, problems: problems.length }).toEqual({ waived: 1, problems: 1 });
});

test("does not believe a judge that looked at too little", () => {
  const { problems } = weigh([{ ...report(), evaluated: 4 }], [], LEAST);
  expect(problems).toEqual(["checkov looked at 4, expected at least 5"]);
});
