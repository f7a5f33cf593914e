import { synthReferenceStack } from "./stacks";

test("bootstrap-prod renders as reviewed", () => {
  expect(synthReferenceStack("bootstrap-prod")).toMatchSnapshot();
});
