import { synthReferenceStack } from "./stacks";

test("dev-operators renders as reviewed", () => {
  expect(synthReferenceStack("dev-operators")).toMatchSnapshot();
});
