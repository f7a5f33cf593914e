export {
  type FloorLine,
  type FloorNodes,
  type HourlyFloor,
  hourlyFloor,
  type HourlyFloorInput,
  nodeUsdPerHour,
} from "./hourly-floor";
export {
  embeddingParameters,
  layerParameters,
  ModelFamily,
  modelShape,
  type ModelShape,
  parameterCount,
} from "./model-shape";
export { type TrainingMemory, trainingMemory, type TrainingMemoryInput } from "./training-memory";
