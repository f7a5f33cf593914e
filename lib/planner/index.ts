export {
  type FloorLine,
  type FloorNodes,
  type HourlyFloor,
  hourlyFloor,
  type HourlyFloorInput,
  nodeUsdPerHour,
} from "./hourly-floor";
