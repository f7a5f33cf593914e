import { synthReferenceStack } from "./stacks";

test("prod-platform renders as reviewed", () => {
  expect(synthReferenceStack("prod-platform")).toMatchSnapshot();
});
