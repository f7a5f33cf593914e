export * as catalog from "./catalog";
export * as compute from "./compute";
export * as contracts from "./contracts";
export * as core from "./core";
export * as network from "./network";
export * as planner from "./planner";
export * as security from "./security";
export * as storage from "./storage";
