import { synthReferenceStack } from "./stacks";

test("dev-data renders as reviewed", () => {
  expect(synthReferenceStack("dev-data")).toMatchSnapshot();
});
