import { KUBERNETES_ERROR_CODES } from "./error-codes-kubernetes";
import { TRAINING_ERROR_CODES } from "./error-codes-training";

/**
 * Every refusal of the library: what it means and how to get past it. `docs/errors.md` is generated from this table, and a test
 * holds that each code is provoked by at least one test. Codes are public API: they are added, never renamed.
 */
export const ERROR_CODES = {
  ID_UNSAFE: {
    meaning:
      "A construct id holds characters that vanish from Terraform addresses, so that two ids could collide silently.",
    remedy:
      'Use letters, digits, "_" and "-", starting with a letter: for example "P5-48xlarge" instead of "p5.48xlarge".',
  },
  NAME_INVALID: {
    meaning: "A physical name given by hand breaks the limits that AWS sets for that kind of resource.",
    remedy: "Shorten or re-spell the name, or leave it out: a name is then derived from the construct path.",
  },
  STACK_BACKEND_MISSING: {
    meaning: "A stack has no backend, so its state would land in an unnamed local file.",
    remedy: 'Pass backend: Backend.s3({...}) for shared state, or Backend.local("relative/path") for one machine.',
  },
  BACKEND_PATH_ABSOLUTE: {
    meaning: "A local state path is absolute or leaves the working folder; it would differ from machine to machine.",
    remedy: 'Pass a relative path such as "state", without "..".',
  },
  ACCOUNT_INVALID: {
    meaning: "An AWS account id is not twelve digits.",
    remedy: 'Pass the twelve digits as a string: leading zeros count ("012345678901").',
  },
  REGION_INVALID: {
    meaning: "A region name does not have the form of an AWS region.",
    remedy: 'Pass a region such as "us-east-1".',
  },
  CONTRACT_VALUE_MISSING: {
    meaning: "A contract with literal values does not hold a key that a stack reads.",
    remedy:
      "Add the key to the literals, or deploy the producing stack and read through ContractChannel.parameterStore().",
  },
  CONTRACT_NAME_INVALID: {
    meaning: "A contract is not named <name>/v<number>, or one of its keys is not a plain word.",
    remedy: 'Name the contract like "network/v1" and its keys with letters, digits and "-".',
  },
  CROSS_STACK_REFERENCE: {
    meaning:
      "A construct of another stack was used directly; the framework would export a sensitive output and read whole state files.",
    remedy: "Publish the value through the stack's ContractChannel and read it in the consuming stack.",
  },
  ZONES_EMPTY: {
    meaning: "No availability zone was given.",
    remedy: "Name at least one zone, for example us-east-1a.",
  },
  ZONE_UNKNOWN_AT_SYNTH: {
    meaning: "A zone is known only after apply, but it names resources and shapes the address plan.",
    remedy: "Write the zones literally, such as us-east-1a: addresses must not depend on what an API answers.",
  },
  REGION_UNSUPPORTED: {
    meaning: "Endpoint names and service principals differ in this partition, and the library does not know them yet.",
    remedy: "Deploy to a region of the aws or aws-us-gov partition.",
  },
  ZONE_NOT_IN_REGION: {
    meaning: "An availability zone does not belong to the region of the stack.",
    remedy: "Name zones of the region, or change the region.",
  },
  ZONE_DUPLICATE: { meaning: "A zone is named twice.", remedy: "Name each zone once." },
  ZONE_UNKNOWN: {
    meaning: "A pool or a file system asks for a zone in which the network has no subnet.",
    remedy: "Choose one of the network's zones, or append the zone to the network.",
  },
  ZONES_BEYOND_RESERVED: {
    meaning: "More zones than the address plan has room for.",
    remedy: "Raise maxZones; on a deployed network this renumbers subnets, so choose it before the first deploy.",
  },
  CIDR_INVALID: {
    meaning: "A range is not an IPv4 CIDR block on its network boundary.",
    remedy: 'Write the block by its first address, for example "10.0.0.0/16".',
  },
  CIDR_TOO_SMALL: {
    meaning: "The address range cannot hold the subnets of all zones at their least useful size.",
    remedy: "Use a larger block (a smaller prefix length) or fewer reserved zones.",
  },
  CIDR_TOO_LARGE: {
    meaning: "AWS accepts VPC blocks of at most /16.",
    remedy: "Use a /16 and add a podCidr for more addresses.",
  },
  CIDR_OVERLAP: {
    meaning: "Two address ranges overlap.",
    remedy: "Choose disjoint ranges; for pods 100.64.0.0/16 is usual.",
  },
  ENDPOINTS_MISSING: {
    meaning: "A cluster stands in a network without NAT that lacks endpoints its nodes need to join.",
    remedy: "Add InterfaceEndpoint.PRIVATE_CLUSTER to interfaceEndpoints, or give the network a NAT gateway.",
  },
  KEY_GRANT_MISSING: {
    meaning:
      "A consumer needs a service to use an imported key, and the key's owner has not said that its policy allows it.",
    remedy: "Grant it where the key is made (serviceGrants) and repeat the grant in EncryptionKey.fromAttributes.",
  },
  KEY_WINDOW_INVALID: { meaning: "A key's deletion window is outside 7 to 30 days.", remedy: "Choose 7 to 30 days." },
  KEY_ROTATION_INVALID: {
    meaning: "A key's rotation period is outside 90 to 2560 days.",
    remedy: "Choose 90 to 2560 days.",
  },
  ARN_INVALID: { meaning: "A value is not the ARN of the kind that is needed here.", remedy: "Pass the full ARN." },
  TRUST_INVALID: {
    meaning:
      "A workload identity does not name one namespace, one service account and, for IRSA, the cluster's issuer; a wildcard would trust the whole cluster.",
    remedy: "Name one namespace and one service account, as Kubernetes spells them.",
  },
  POLICY_TOO_LARGE: {
    meaning: "The inline policy of a role is longer than the 10,240 characters that IAM accepts.",
    remedy: "Grant fewer and broader prefixes, attach a managed policy, or split the workload over two identities.",
  },
  PREFIX_INVALID: {
    meaning: "A storage prefix starts with a slash, leaves its store, or holds a wildcard.",
    remedy: 'Write it relative, for example "checkpoints/".',
  },
  LIFECYCLE_INVALID: {
    meaning: "A lifecycle rule is out of the service's limits or contradicts another.",
    remedy: "See the allowed values; transitions precede expiry, and the infrequent-access classes need 30 days.",
  },
  CLUSTER_ZONES_TOO_FEW: {
    meaning: "EKS needs subnets in at least two availability zones.",
    remedy: "Give the network a second zone; pools stay in one zone of their own.",
  },
  CLUSTER_ADMINS_EMPTY: {
    meaning: "A cluster without an admin cannot be reached by anyone: the creator is not an implicit admin here.",
    remedy: "Pass the ARN of at least one role as admins.",
  },
  API_ACCESS_OPEN: {
    meaning: "The Kubernetes API would be reachable from every address.",
    remedy: "List the ranges that may reach it, or use ApiAccess.private({...}).",
  },
  API_ACCESS_EMPTY: {
    meaning: "Nobody could reach the Kubernetes API: neither ranges nor security groups were given.",
    remedy: "Pass cidrs or securityGroupIds, or add an access host.",
  },
  KUBERNETES_VERSION_UNKNOWN: {
    meaning: "The catalog holds no add-on versions for this Kubernetes version.",
    remedy: "Choose a listed version, or pass addonVersions for every add-on.",
  },
  INSTANCE_TYPE_UNKNOWN: {
    meaning: "The instance type is not in the catalog.",
    remedy: "Choose a type of npx aidc instances, or pass its specification (for a type newer than this release).",
  },
  INSTANCE_TYPE_INCOMPLETE: {
    meaning:
      "The catalog knows the type, but its facts conflict or are not all known; building on them would be a guess.",
    remedy: "Pass the type's specification, from a source that you trust.",
  },
  NETWORK_CARDS_UNKNOWN: {
    meaning: "No interfaces can be laid out for a type whose network cards are not known.",
    remedy: "Pass a specification with networkCards (aws ec2 describe-instance-types), or the interfaces themselves.",
  },
  EFA_UNSUPPORTED: {
    meaning:
      "EFA was asked for on an instance type, or on a network card, that has none, or more often than the type has it.",
    remedy: "Choose a type with EFA, or leave fabric and interfaces to their defaults.",
  },
  EFA_SPANS_ZONES: {
    meaning: "EFA traffic does not leave its availability zone; a pool over several zones would fall back to TCP.",
    remedy: "Give the pool one zone, or set fabric: Fabric.NONE.",
  },
  EFA_ONLY_PRIMARY: {
    meaning: "The primary interface carries the node's address, and an EFA-only interface cannot have one.",
    remedy: "Make the interface at card 0 / device 0 a plain one; EFA stands at device 1 of that card.",
  },
  EFA_TWICE_ON_CARD: {
    meaning: "A network card holds one EFA device.",
    remedy: "Put each EFA interface on a card of its own.",
  },
  EFA_GROUP_CLOSED: {
    meaning:
      "EFA traffic is matched by security group: without a rule from and one to the group itself, jobs hang or fall back to TCP.",
    remedy: "Allow all traffic from the group to itself, ingress and egress.",
  },
  DEVICE_INDEX_BEYOND_CARD: {
    meaning: "An interface stands beyond what its network card holds, or on a card that the type does not have.",
    remedy: "Keep the device index below the number of interfaces of the card.",
  },
  INTERFACE_DUPLICATE: {
    meaning: "Two interfaces stand in one place.",
    remedy: "Give each interface its own card and device.",
  },
  PRIMARY_INTERFACE_MISSING: {
    meaning: "An instance starts with an interface at card 0 / device 0, and there is none.",
    remedy: "Add a plain interface at card 0 / device 0.",
  },
  PUBLIC_ADDRESS_UNAVAILABLE: {
    meaning: "EC2 assigns no public address to an instance that starts with several interfaces.",
    remedy: "Put the nodes in private subnets, with NAT or endpoints.",
  },
  INTERFACE_KIND_UNSUPPORTED: {
    meaning: "Karpenter attaches plain and EFA-only interfaces, and no others.",
    remedy: 'Use "interface" and "efa-only", or a managed pool.',
  },
  TEMPLATE_NAMES_SUBNET: {
    meaning: "EKS chooses the subnet of managed nodes and refuses a launch template that names one.",
    remedy: "Name the zones of the pool.",
  },
  TEMPLATE_GROUPS_MISPLACED: {
    meaning: "EC2 rejects a launch template with both a list of interfaces and security groups outside of it.",
    remedy: "Put the groups inside each interface.",
  },
  SUBNET_TOO_SMALL: {
    meaning:
      "The subnet has fewer addresses than the pool's nodes hold; the last of them would come up without a network.",
    remedy: "Lower maxNodes, use FabricPolicy.SAVE_IPS, or give the zone a larger subnet.",
  },
  MAX_PODS_BEYOND_ADDRESSES: {
    meaning: "The kubelet would advertise more pods than can get an address; the rest is stuck in ContainerCreating.",
    remedy: "Leave the limit to the fabric, which counts EFA-only interfaces.",
  },
  CNI_TOO_OLD: {
    meaning: "The VPC CNI is older than the interfaces of the pool need.",
    remedy: "Raise the version of the vpc-cni add-on.",
  },
  PLUGIN_TOO_OLD: {
    meaning: "The EFA device plugin is older than the instance family: it would advertise no interface, or wrong ones.",
    remedy: "Raise the version of the EFA device plugin.",
  },
  PLUGIN_CONFLICT: {
    meaning: "Two plugins would drive the same devices of a node.",
    remedy: "Keep one of the two; see the allowed setting in the message.",
  },
  DRIVER_TOO_OLD: {
    meaning: "The image's driver does not know the accelerator.",
    remedy: "Use an image with the driver branch that the message names.",
  },
  CAPACITY_KIND_UNSUPPORTED: {
    meaning: "EC2 does not sell the type that way, as far as sources tell.",
    remedy:
      "Choose a kind that the message lists (npx aidc instance <type> shows the sources), or pass a specification with the kinds that your account is offered.",
  },
  CAPACITY_WINDOW_INVALID: {
    meaning: "The window of a Capacity Block is not two times in UTC, or too short to use.",
    remedy: "Copy StartDate and EndDate from aws ec2 describe-capacity-reservations.",
  },
  MARKET_TYPE_CONFLICT: {
    meaning:
      "A Capacity Block is started with the market type capacity-block; EC2 refuses that type on an ordinary reservation, and a block without it.",
    remedy: "Use Capacity.block for a Capacity Block and Capacity.reservation for an On-Demand Capacity Reservation.",
  },
  BLOCK_LISTS_TYPES: {
    meaning:
      "A node group on a Capacity Block lists instance types; EKS wants the block's type in the launch template alone.",
    remedy: "Leave the list empty, and name the type in the template.",
  },
  PLACEMENT_GROUP_FOREIGN: {
    meaning:
      "Reserved capacity lies where it lies: a placement group that it was not made in can only lead to insufficient capacity.",
    remedy: "Leave placement out; for a reservation made in a group, name that group.",
  },
  PLACEMENT_GROUP_SPANS_ZONES: {
    meaning: "A cluster placement group lies in one availability zone.",
    remedy: "Give the pool one zone, or set placement: Placement.NONE.",
  },
  LUSTRE_EFA_BEYOND_ZONE: {
    meaning: "EFA traffic to a Lustre file system does not leave its zone: clients elsewhere cannot mount it over EFA.",
    remedy: "Put the file system in the pool's zone and subnet, or make it without EFA.",
  },
  TOPOLOGY_LAYER_UNKNOWN: {
    meaning: "A topology names a layer that EC2 does not tell of the instance type; no node would have the label.",
    remedy: "Stop at the layer that the message names, and end with kubernetes.io/hostname.",
  },
  IMAGE_RELEASE_CONFLICT: {
    meaning:
      "A rolling pool pins an image release. With every change of the launch template EKS takes the newest release by itself, and the next plan would roll all nodes back.",
    remedy: "Leave amiRelease out, or hold the pool (Updates.HOLD) and change release and revision together.",
  },
  IMAGE_RELEASE_BROKEN: {
    meaning: "The image release is known not to work; its maker has replaced it.",
    remedy: "Choose a newer release, or an older one.",
  },
  IMAGE_ALIAS_MISSING: {
    meaning:
      "A pool that holds its nodes names no image release; with the newest one, Karpenter would replace nodes by itself.",
    remedy: 'Pass an alias with a version, such as "al2023@v20260904", or choose Updates.ROLL.',
  },
  WARNING_ACKNOWLEDGEMENT_INVALID: {
    meaning: "A warning is acknowledged that is not raised, or without a reason.",
    remedy: "Remove the acknowledgement, or write down why the warning is taken as it is.",
  },
  IMAGE_MISMATCH: {
    meaning: "The node image has no drivers for the accelerator, and the node would show none.",
    remedy: "Leave image out, or choose one for the accelerator's vendor.",
  },
  CAPACITY_CONFLICT: {
    meaning: "The way capacity is bought contradicts another property of the pool.",
    remedy: "See the allowed combination in the message.",
  },
  POOL_SIZE_INVALID: {
    meaning: "A pool's node counts contradict each other.",
    remedy: "Keep 0 <= minNodes <= maxNodes, and maxNodes >= 1.",
  },
  HOURLY_COST_NOT_ACCEPTED: {
    meaning: "A pool's floor keeps accelerator nodes running and nobody has accepted what that costs.",
    remedy: "Set minNodes: 0, or pass acceptHourlyCost with the USD per hour that you accept for the floor.",
  },
  LABEL_INVALID: {
    meaning: "A Kubernetes label or taint is not valid, or contradicts one the pool sets itself.",
    remedy: "Follow the Kubernetes rules for labels; leave the pool's own keys alone.",
  },
  TAG_RESERVED: {
    meaning: "A tag has a key by which Karpenter or EKS finds its own nodes; another value would lose them.",
    remedy: "Name the tag otherwise.",
  },
  VALUE_OUT_OF_RANGE: { meaning: "A number is outside of its range.", remedy: "See the allowed range in the message." },
  ...KUBERNETES_ERROR_CODES,
  ...TRAINING_ERROR_CODES,
} as const;

/** A stable code of a refusal; see `docs/errors.md`. */
export type ErrorCode = keyof typeof ERROR_CODES;
