import { synthReferenceStack } from "./stacks";

test("prod-foundation renders as reviewed", () => {
  expect(synthReferenceStack("prod-foundation")).toMatchSnapshot();
});
