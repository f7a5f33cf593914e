import { synthReferenceStack } from "./stacks";

test("prod-operators renders as reviewed", () => {
  expect(synthReferenceStack("prod-operators")).toMatchSnapshot();
});
