import { synthReferenceStack } from "./stacks";

test("prod-data renders as reviewed", () => {
  expect(synthReferenceStack("prod-data")).toMatchSnapshot();
});
