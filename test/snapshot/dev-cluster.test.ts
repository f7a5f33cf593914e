import { synthReferenceStack } from "./stacks";

test("dev-cluster renders as reviewed", () => {
  expect(synthReferenceStack("dev-cluster")).toMatchSnapshot();
});
