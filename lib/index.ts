export * as core from "./core";
export * as contracts from "./contracts";
export * as network from "./network";
export * as security from "./security";
