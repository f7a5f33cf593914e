import { synthReferenceStack } from "./stacks";

test("prod-workloads-research renders as reviewed", () => {
  expect(synthReferenceStack("prod-workloads-research")).toMatchSnapshot();
});
