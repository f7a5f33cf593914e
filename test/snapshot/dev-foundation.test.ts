import { synthReferenceStack } from "./stacks";

test("dev-foundation renders as reviewed", () => {
  expect(synthReferenceStack("dev-foundation")).toMatchSnapshot();
});
