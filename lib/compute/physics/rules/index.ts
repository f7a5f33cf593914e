import type { PhysicsRule } from "../rule";
import { blockListsTypes } from "./block-lists-types";
import { capacityConflict } from "./capacity-conflict";
import { capacityKindUnsupported } from "./capacity-kind-unsupported";
import { cniTooOld } from "./cni-too-old";
import { deviceIndexBeyondCard } from "./device-index-beyond-card";
import { driverTooOld } from "./driver-too-old";
import { efaGroupClosed } from "./efa-group-closed";
import { efaOnlyPrimary } from "./efa-only-primary";
import { efaSpansZones } from "./efa-spans-zones";
import { efaTwiceOnCard } from "./efa-twice-on-card";
import { efaUnsupported } from "./efa-unsupported";
import { fabricMissing } from "./fabric-missing";
import { imageReleaseBroken } from "./image-release-broken";
import { interfaceDuplicate } from "./interface-duplicate";
import { lustreEfaBeyondZone } from "./lustre-efa-beyond-zone";
import { marketTypeConflict } from "./market-type-conflict";
import { maxPodsBeyondAddresses } from "./max-pods-beyond-addresses";
import { placementGroupForeign } from "./placement-group-foreign";
import { placementGroupSpansZones } from "./placement-group-spans-zones";
import { pluginEfaTwice } from "./plugin-efa-twice";
import { pluginMofed } from "./plugin-mofed";
import { pluginNvidiaTwice } from "./plugin-nvidia-twice";
import { pluginTooOld } from "./plugin-too-old";
import { primaryInterfaceMissing } from "./primary-interface-missing";
import { publicAddressUnavailable } from "./public-address-unavailable";
import { spotGangWithoutCheckpoints } from "./spot-gang-without-checkpoints";
import { subnetTooSmall } from "./subnet-too-small";
import { templateGroupsMisplaced } from "./template-groups-misplaced";
import { templateNamesSubnet } from "./template-names-subnet";
import { topologyLayerUnknown } from "./topology-layer-unknown";

/** How interfaces stand on cards; what a place holds comes before how often. */
const INTERFACES = [
  interfaceDuplicate,
  primaryInterfaceMissing,
  efaOnlyPrimary,
  efaTwiceOnCard,
  efaUnsupported,
  deviceIndexBeyondCard,
];
const TEMPLATE = [publicAddressUnavailable, templateNamesSubnet, templateGroupsMisplaced, efaGroupClosed];
/** Before the zones: where capacity lies tells which zone is right. */
const CAPACITY = [
  capacityKindUnsupported,
  capacityConflict,
  marketTypeConflict,
  blockListsTypes,
  placementGroupForeign,
];
const ZONES = [efaSpansZones, placementGroupSpansZones, lustreEfaBeyondZone];
const ADDRESSES = [subnetTooSmall, maxPodsBeyondAddresses];
const SOFTWARE = [
  cniTooOld,
  pluginTooOld,
  pluginNvidiaTwice,
  pluginMofed,
  pluginEfaTwice,
  driverTooOld,
  imageReleaseBroken,
];
const WORKLOAD = [topologyLayerUnknown, fabricMissing, spotGangWithoutCheckpoints];

/** Every law, in the order in which they are judged: the first that is broken is told, so what helps most comes first. */
export const PHYSICS_RULES: readonly PhysicsRule[] = [
  ...INTERFACES,
  ...TEMPLATE,
  ...CAPACITY,
  ...ZONES,
  ...ADDRESSES,
  ...SOFTWARE,
  ...WORKLOAD,
];
