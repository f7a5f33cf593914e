/** The network between the accelerators of a pool's nodes. */
export enum Fabric {
  /** Elastic Fabric Adapter on every network card that has one; one IP address a node. */
  EFA = "efa",
  /** Plain TCP/IP over one interface. */
  NONE = "none",
}
