/** Refusals of the Kubernetes half; a part of `ERROR_CODES`. */
export const KUBERNETES_ERROR_CODES = {
  MANIFEST_INVALID: {
    meaning:
      "A manifest has no kind, API version or name, or holds what has no form in a manifest: a function, a symbol, NaN.",
    remedy:
      "Give the object apiVersion, kind and metadata.name, and plain data: strings, numbers, booleans, lists and objects.",
  },
  MANIFEST_DUPLICATE: {
    meaning: "Two constructs hand the same object to one target, and each apply would undo the other.",
    remedy: "Give one of them another name or namespace, or make the object once and share it.",
  },
  MANIFEST_UNRESOLVED: {
    meaning: "A manifest that is written to a file holds a value that is known only after apply.",
    remedy:
      "Read contracts through ContractChannel.literals for files, or use a renderer that makes Terraform resources.",
  },
  KUBERNETES_VERSION_INVALID: {
    meaning: "The version of a cluster's control plane is not a minor version of Kubernetes.",
    remedy: 'Pass major and minor number, such as "1.35".',
  },
  IMAGE_UNREACHABLE: {
    meaning:
      "Nodes could not pull a container image: the network has no way out and VPC endpoints do not serve its registry, or the chosen source does not have it.",
    remedy:
      "Copy the images into a registry of your own (`npx aidc images mirror`) and pass `ImageSources.mirror`, or `ImageSources.pullThroughCache` where ECR can cache the registry.",
  },
  IMAGE_SOURCE_INVALID: {
    meaning: "The place that images shall come from is not written as a registry, an account or a region.",
    remedy: 'Write a registry as "host/prefix" without a scheme, an account as 12 digits, a region as AWS calls it.',
  },
  IMAGE_UNPINNED: {
    meaning: "An image has neither a version nor a digest: what runs would change without a change of the code.",
    remedy: 'Pin it: "registry/repository:version" or "registry/repository@sha256:...".',
  },
  ACCELERATOR_POOL_UNKNOWN: {
    meaning: "A setting of the accelerator runtime names a pool that is not among the pools that it was given.",
    remedy: "Correct the name, or pass the pool's profile in `pools`.",
  },
  API_GROUP_MISSING: {
    meaning:
      "A construct makes objects of an API group that the cluster's connection does not list: its operator is not there.",
    remedy: "Install the operator in an earlier stack, and list its group in `apiGroups` of the connection.",
  },
  KUBERNETES_NAME_INVALID: {
    meaning: "A name cannot be that of a Kubernetes object, or is reserved for Kubernetes itself.",
    remedy: "Choose a short lower-case word with dashes.",
  },
  QUANTITY_INVALID: {
    meaning: "A resource quantity of a pool's profile is no whole number with a suffix of Kubernetes.",
    remedy: 'Write "8", "5120Mi" or "2Gi".',
  },
  POOL_UNKNOWN: {
    meaning:
      "A quota, a job, or the list of topology pools names a pool that there is not, or there is no pool at all.",
    remedy: "Correct the name, or pass the pool's profile in `pools`.",
  },
  QUEUE_DUPLICATE: {
    meaning: "Two teams, pools, namespaces or quotas of one set of queues have the same name.",
    remedy: "Give each its own name, and add up two quotas of one pool.",
  },
  QUOTA_INVALID: {
    meaning: "A quota or a weight is negative, no whole number, or lends more than it has.",
    remedy: "Count whole nodes and whole objects, from 0 up.",
  },
  QUOTA_OVER_CAPACITY: {
    meaning: "The teams own more nodes of a pool than it can have: admitted jobs would wait for nodes that never come.",
    remedy: "Lower the teams' nodes and let them borrow from each other, or raise the pool's maxNodes.",
  },
  TOPOLOGY_UNKNOWN: {
    meaning:
      "Placement by network topology is asked of a pool whose layers are not known, or of a layer that it has not.",
    remedy: "Set topologyLayers in the pool's profile, or leave placement to the scheduler.",
  },
  KUEUE_CONFIGURATION_INVALID: {
    meaning: "A time or a limit of Kueue's configuration is out of its range.",
    remedy: "Give whole minutes from 1 up, and a whole number of retries.",
  },
  TENANT_EGRESS_INVALID: {
    meaning:
      "A network rule of a tenant names no address or no port, a port out of range, or the metadata service of its nodes.",
    remedy:
      "Name CIDR blocks and ports; pods get credentials by Pod Identity or IRSA, never from the nodes' metadata service.",
  },
  TENANT_GROUP_INVALID: {
    meaning:
      "A tenant's group is empty, named twice, or one of Kubernetes' own, such as that of all authenticated users.",
    remedy: "Name a group of your identity provider or of an access entry.",
  },
  TENANT_IDENTITY_INVALID: {
    meaning: "An identity belongs to another namespace than the tenant's, or two share a service account.",
    remedy: "Make the WorkloadIdentity for the tenant's namespace, one for each service account.",
  },
  GANG_INVALID: {
    meaning:
      "A gang has no nodes, more than its pool, a negative number of restarts, nodes too small for a pod beside the daemons, a variable given twice, or processes that run as root.",
    remedy: "Ask for 1 to maxNodes nodes of the pool, reserve less of each, or choose a larger type.",
  },
  OPERATOR_VALUES_UNKNOWN: {
    meaning: "Values were given for an operator that is not installed, so nothing would read them.",
    remedy: "Add the operator to `operators`, or name one that is in it.",
  },
  LOCAL_NVME_MISSING: {
    meaning:
      "A pod asks for local NVMe of a pool whose nodes have none, or do not stripe it; it would fill the root disk.",
    remedy: "Choose a pool with local NVMe, or claim a volume of a storage class.",
  },
  STORAGE_CLASS_DUPLICATE: {
    meaning: "Two storage classes have the same name, or more than one is the cluster's default.",
    remedy: "Give each class its own name, and set isDefault on one.",
  },
  STORAGE_LOCATION_UNSUPPORTED: {
    meaning: "A location cannot be mounted as asked: it is no prefix of a bucket, or it is read-only.",
    remedy: "Pass the location of an object store, as `store.location()` gives it.",
  },
  STORAGE_REFERENCE_INVALID: {
    meaning: "The id or name of a file system, a subnet or a security group does not have the form that AWS gives it.",
    remedy: "Copy it from where the resource is made.",
  },
  STORAGE_SIZE_INVALID: {
    meaning: "A volume's size is not whole, or not one that the service sells.",
    remedy: "See the allowed sizes in the message.",
  },
  SECRET_IN_PROPS: {
    meaning:
      "A property holds what looks like a secret itself. It would stand in the state, in plans, in manifests and in the repository.",
    remedy:
      "Put the value into AWS Secrets Manager, name it here, and take the one that was written down out of service.",
  },
  SECRET_NAME_INVALID: {
    meaning: "The name of a secret, of its key or of its file is not one that the service or Kubernetes takes.",
    remedy: "Write the name as it stands in AWS Secrets Manager or in the Secret.",
  },
  SECRET_STORE_OPEN: {
    meaning:
      "A secret store for the whole cluster names no namespaces: whoever may make an ExternalSecret could read all of it.",
    remedy: "List the namespaces, or give each team a store of its own (`secretStore`).",
  },
  SECRET_USE_UNSUPPORTED: {
    meaning:
      "A secret that is mounted from its provider has no Kubernetes Secret, so no environment variable can hold it.",
    remedy: "Mount it and pass the path (`filePath`), or use SecretRef.externalSecret.",
  },
} as const;
