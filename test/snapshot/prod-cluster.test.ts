import { synthReferenceStack } from "./stacks";

test("prod-cluster renders as reviewed", () => {
  expect(synthReferenceStack("prod-cluster")).toMatchSnapshot();
});
