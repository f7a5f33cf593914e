import { synthReferenceStack } from "./stacks";

test("dev-platform renders as reviewed", () => {
  expect(synthReferenceStack("dev-platform")).toMatchSnapshot();
});
