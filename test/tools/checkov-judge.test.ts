import { type CheckovReport, judge, type Waiver } from "../../tools/checkov/judge";

const finding = (check_id: string, resource: string, file = "prod-data") => ({
  check_id,
  check_name: "a check",
  file_path: `/${file}/cdk.tf.json`,
  resource,
});
const report = (failed: CheckovReport["results"]["failed_checks"], parsing_errors = 0): CheckovReport => ({
  results: { passed_checks: [finding("CKV_1", "aws_vpc.A")], failed_checks: failed },
  summary: { parsing_errors },
});
const waiver: Waiver = {
  check: "CKV_2",
  resources: ["prod-*/aws_s3_bucket.Logs_*"],
  reason: "the service writes no other way",
};

test("accepts findings that a waiver covers, and counts what was evaluated", () => {
  const accepted = judge(report([finding("CKV_2", "aws_s3_bucket.Logs_1")]), [waiver], "prod-", 2);
  expect(accepted).toEqual({ problems: [], waived: 1, evaluated: 2 });
});

test("names a finding without a waiver, also one that only looks like a waived one", () => {
  const { problems } = judge(
    report([finding("CKV_2", "aws_s3_bucketXLogs_1"), finding("CKV_2", "aws_s3_bucket.Logs_1")]),
    [waiver],
    "prod-",
    1,
  );
  expect(problems).toEqual(["CKV_2 /prod-data/cdk.tf.json aws_s3_bucketXLogs_1: a check"]);
});

test("refuses a waiver that covers nothing or gives no reason", () => {
  const { problems } = judge(report([]), [{ ...waiver, reason: " later " }], "prod-", 1);
  expect(problems).toEqual([
    "waiver of CKV_2 on prod-*/aws_s3_bucket.Logs_* covers no finding: remove it",
    "waiver of CKV_2 gives no reason",
  ]);
});

test("refuses a report that looked at too little or could not read a file", () => {
  const { problems } = judge(report([], 3), [], "dev-", 1);
  expect(problems).toEqual([
    "3 files could not be parsed",
    "only 0 checks were evaluated on dev-*, expected at least 1",
  ]);
});
