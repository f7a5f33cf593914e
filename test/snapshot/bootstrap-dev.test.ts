import { synthReferenceStack } from "./stacks";

test("bootstrap-dev renders as reviewed", () => {
  expect(synthReferenceStack("bootstrap-dev")).toMatchSnapshot();
});
