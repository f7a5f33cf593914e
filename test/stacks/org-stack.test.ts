import { dataOf, resourcesOf, synthStack, testApp, theResource } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import { ResearchGpuStack } from "../../examples/org-stack/org-stack";

const stack = synthStack(new ResearchGpuStack(testApp(), "research-gpu"));

test("the organisation's own VPC, key and cluster are used, and none is made", () => {
  for (const type of ["aws_vpc", "aws_kms_key", "aws_eks_cluster"]) expect(stack).toHaveResourceCount(type, 0);
  expect(stack).toHaveResource("aws_eks_node_group", {
    cluster_name: "org-shared",
    capacity_type: "CAPACITY_BLOCK",
    subnet_ids: ["subnet-0aaaaaaaaaaaaaaaa"],
  });
});

test("account, region and partition are asked of the stack's provider, each once", () => {
  for (const type of ["aws_caller_identity", "aws_region", "aws_partition"])
    expect(dataOf(stack, type)).toHaveLength(1);
  const { bucket } = theResource(stack, "aws_s3_bucket").properties;
  expect(bucket).toMatch(
    /^research-gpu-checkpoints-\$\{data\.aws_caller_identity\..*account_id}-\$\{data\.aws_region\./,
  );
});

test("two pools of one stack would not share a name", () => {
  const names = resourcesOf(stack, "aws_launch_template").map(({ properties }) => properties.name);
  expect(names).toEqual(["research-gpu-research"]);
});
