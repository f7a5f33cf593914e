/** The network between the accelerators of a pool's nodes. */
export enum Fabric {
  /** Elastic Fabric Adapter on every network card that has one. */
  EFA = "efa",
  /** Plain TCP/IP over one interface. */
  NONE = "none",
}

/** What the interfaces of a fabric are laid out for. */
export enum FabricPolicy {
  /** One IP address a node: a single ENA interface, and EFA-only interfaces beside it. */
  SAVE_IPS = "saveIps",
  /** More ENA interfaces, and so more IP bandwidth and more addresses, as the EC2 guide gives them for the type. */
  BANDWIDTH = "bandwidth",
}
