export { CapacityKind } from "../contracts";
