import {
  CONTAINER_IMAGES,
  type ContainerImage,
  EFA_DEVICE_PLUGIN_MINIMUM,
  familyOf,
  INSTANCE_TYPES,
  meets,
} from "../../catalog";
import type { PoolProfile } from "../../contracts";
import { InvalidProps } from "../../core";
import { ImageSources } from "../images/image-sources";
import type { KubernetesManifest } from "../manifest";
import type { AcceleratorRuntimeProps } from "./accelerator-runtime-props";
import { namesOf } from "./daemon-set";
import { dcgmExporter } from "./dcgm-exporter";
import { efaDevicePlugin, neuronDevicePlugin, nvidiaDevicePlugin } from "./device-plugins";
import { checkPinned, imageCache } from "./image-cache";

/** Complete data of an accelerator runtime. */
export interface ResolvedAcceleratorRuntime {
  readonly manifests: readonly KubernetesManifest[];
  /** Images of the library that these start; those of `prePull` are the user's. */
  readonly images: readonly ContainerImage[];
}

type Props = Omit<AcceleratorRuntimeProps, "target">;

/** What pools need, by what they are. */
interface NeedyPools {
  /** NVIDIA GPUs whose plugin comes from here. */
  readonly nvidia: readonly PoolProfile[];
  /** All NVIDIA GPUs. */
  readonly gpus: readonly PoolProfile[];
  readonly neuron: readonly PoolProfile[];
  readonly efa: readonly PoolProfile[];
}

const EFA_RESOURCE = "vpc.amazonaws.com/efa";

/**
 * What runs on accelerator nodes beside the work: device plugins, metrics, image caches.
 *
 * Accelerators of other makers, and fabrics other than EFA, bring their own plugins with their cluster: nothing is made for them.
 * @param monitored whether the cluster has the Prometheus operator's resources
 * @param at path of the construct
 * @throws InvalidProps ACCELERATOR_POOL_UNKNOWN, PLUGIN_TOO_OLD, EFA_UNSUPPORTED, IMAGE_UNPINNED, IMAGE_UNREACHABLE
 */
export function resolveAcceleratorRuntime(props: Props, monitored: boolean, at: string): ResolvedAcceleratorRuntime {
  const { images: sources = ImageSources.upstream(), hasInternet = true } = props;
  const needy = needyPools(props, at);
  const used: ContainerImage[] = [];
  const use = (image: ContainerImage): string => {
    used.push(image);
    return sources.reference(image, at);
  };
  const manifests = [
    ...plugins(props, needy, use, at),
    ...metrics(props, needy, use, monitored),
    ...imageCaches(props, use, at),
  ];
  sources.checkReachable(used, { hasInternet }, at);
  const { customize = (manifest: KubernetesManifest) => manifest } = props;
  return { manifests: manifests.map(customize), images: used };
}

function needyPools({ pools, builtInDevicePluginPools = [] }: Props, at: string): NeedyPools {
  for (const name of builtInDevicePluginPools) knownPool(name, pools, `${at}.builtInDevicePluginPools`);
  const gpus = pools.filter(({ acceleratorResource }) => acceleratorResource.startsWith("nvidia.com/"));
  return {
    nvidia: gpus.filter(({ poolName }) => !builtInDevicePluginPools.includes(poolName)),
    gpus,
    neuron: pools.filter(hasNeuron),
    efa: pools.filter(({ fabricResource }) => fabricResource === EFA_RESOURCE),
  };
}

function hasNeuron({ acceleratorResource }: PoolProfile): boolean {
  return acceleratorResource.startsWith("aws.amazon.com/neuron");
}

function knownPool(name: string, pools: readonly PoolProfile[], at: string): PoolProfile {
  const pool = pools.find(({ poolName }) => poolName === name);
  if (pool !== undefined) return pool;
  const allowed = `a name among pools: ${namesOf(pools).join(", ") || "none"}`;
  throw new InvalidProps("ACCELERATOR_POOL_UNKNOWN", at, { got: name, allowed });
}

function plugins(
  props: Props,
  { nvidia, neuron, efa }: NeedyPools,
  use: (image: ContainerImage) => string,
  at: string,
): readonly KubernetesManifest[] {
  const { namespace = "kube-system", runtimeClassName, privilegedEfaDevicePlugin = false } = props;
  const efaImage = props.efaDevicePlugin ?? CONTAINER_IMAGES.efaDevicePlugin;
  checkEfaPools(efa, efaImage, at);
  const image = efa.length > 0 ? use(efaImage) : "";
  const withNeuron = efa.filter(hasNeuron);
  const without = efa.filter((pool) => !hasNeuron(pool));
  const efaPlugin = (name: string, pools: readonly PoolProfile[], isNeuron: boolean) => {
    const privileged = isNeuron || privilegedEfaDevicePlugin;
    if (pools.length === 0) return [];
    return [efaDevicePlugin({ namespace, pools, image }, { name, privileged, neuron: isNeuron })];
  };
  return [
    ...(nvidia.length === 0
      ? []
      : [
          nvidiaDevicePlugin(
            { namespace, pools: nvidia, image: use(CONTAINER_IMAGES.nvidiaDevicePlugin) },
            runtimeClassName,
          ),
        ]),
    ...(neuron.length === 0
      ? []
      : neuronDevicePlugin({ namespace, pools: neuron, image: use(CONTAINER_IMAGES.neuronDevicePlugin) })),
    ...efaPlugin("aws-efa-device-plugin", without, false),
    ...efaPlugin("aws-efa-device-plugin-neuron", withNeuron, true),
  ];
}

/** The plugin runs on types with EFA only, and knows the devices of each. Types that the catalog does not know are their user's. */
function checkEfaPools(pools: readonly PoolProfile[], image: ContainerImage, at: string): void {
  for (const { poolName, instanceType } of pools) {
    const spec = Object.hasOwn(INSTANCE_TYPES, instanceType) ? INSTANCE_TYPES[instanceType] : undefined;
    if (spec?.efaInterfaces === 0) {
      const refusal = { got: EFA_RESOURCE, allowed: `no EFA: ${instanceType} has none` };
      throw new InvalidProps("EFA_UNSUPPORTED", `${at}.pools[${poolName}].fabricResource`, refusal);
    }
    const family = familyOf(instanceType);
    const least = Object.hasOwn(EFA_DEVICE_PLUGIN_MINIMUM, family) ? EFA_DEVICE_PLUGIN_MINIMUM[family] : undefined;
    if (least === undefined || isRecent(image.tag, least)) continue;
    const allowed = `${least.version} or newer for ${family} in ${poolName}: ${least.reason}`;
    throw new InvalidProps("PLUGIN_TOO_OLD", `${at}.efaDevicePlugin`, { got: image.tag, allowed });
  }
}

/** A tag that tells no version may be anything. */
function isRecent(tag: string, least: { readonly version: string }): boolean {
  return /^v?\d+(?:\.\d+)+(?:[-+].*)?$/.test(tag) && meets(tag, least);
}

function metrics(
  props: Props,
  { gpus }: NeedyPools,
  use: (image: ContainerImage) => string,
  monitored: boolean,
): readonly KubernetesManifest[] {
  const { namespace = "kube-system", gpuMetrics = true, builtInDevicePluginPools = [] } = props;
  if (!gpuMetrics || gpus.length === 0) return [];
  return dcgmExporter({
    namespace,
    pools: gpus,
    image: use(CONTAINER_IMAGES.dcgmExporter),
    runtimeClassName: props.runtimeClassName,
    profiling: props.gpuProfilingMetrics ?? false,
    hostEnginePort: props.hostEnginePort,
    devicesByMount: gpus.some(({ poolName }) => builtInDevicePluginPools.includes(poolName)),
    monitored,
  });
}

function imageCaches(props: Props, use: (image: ContainerImage) => string, at: string): readonly KubernetesManifest[] {
  const { namespace = "kube-system", pools, prePull = [] } = props;
  const wanted = prePull.filter(({ images }) => images.length > 0);
  const pauseImage = wanted.length === 0 ? "" : use(CONTAINER_IMAGES.pause);
  return wanted.map(({ pool: name, images, command = ["/bin/true"] }, index) => {
    const pool = knownPool(name, pools, `${at}.prePull[${index}].pool`);
    for (const image of images) checkPinned(image, `${at}.prePull[${index}].images`);
    return imageCache({ namespace, pool, images, command, pauseImage });
  });
}
