import { type KueueConfigurationOptions, kueueConfigurationText } from "../queues/kueue-configuration";
import { csiDriverValues } from "./csi-driver-values";
import { digested, type ImageOrigin, PULL_POLICY, split, tagged } from "./image-values";
import { Operator } from "./operator";

/** What the values of all charts are made of. */
export interface OperatorValuesProps extends ImageOrigin {
  /** Kueue's own settings. @default - those of `kueueConfiguration` */
  readonly kueue?: KueueConfigurationOptions;
}

type Values = Readonly<Record<string, unknown>>;

/**
 * Values of an operator's chart: two replicas where the controller elects a leader, images from the stage's source with their pins, and
 * what Kubernetes itself asks of hardened pods where the chart leaves it out. All others keep the chart's defaults.
 *
 * Sources: `charts/kueue/values.yaml` of kubernetes-sigs/kueue v0.16.1, `charts/jobset/values.yaml` of kubernetes-sigs/jobset v0.10.1,
 * `charts/lws/values.yaml` of kubernetes-sigs/lws v0.7.0, `charts/karpenter/values.yaml` of aws/karpenter-provider-aws v1.14.1,
 * `keda/values.yaml` of kedacore/charts (commit 56b0749f), `deploy/charts/external-secrets/values.yaml` of external-secrets/external-secrets.
 * @throws InvalidProps IMAGE_UNREACHABLE; KUEUE_CONFIGURATION_INVALID
 */
export function operatorValues(operator: Operator, props: OperatorValuesProps): Values {
  return VALUES[operator.name]?.(operator, props) ?? {};
}

const VALUES: Readonly<Record<string, (operator: Operator, props: OperatorValuesProps) => Values>> = {
  [Operator.KARPENTER.name]: (operator, props) => ({
    controller: { image: digested(operator.chart.images[0], props) },
  }),
  [Operator.KUEUE.name]: (operator, props) => ({
    controllerManager: {
      replicas: REPLICAS,
      podDisruptionBudget: { enabled: true, minAvailable: 1 },
      manager: { image: { ...tagged(operator.chart.images[0], props), pullPolicy: PULL_POLICY } },
    },
    managerConfig: { controllerManagerConfigYaml: kueueConfigurationText(props.kueue, props.at) },
  }),
  [Operator.JOBSET.name]: (operator, props) => ({
    image: { ...tagged(operator.chart.images[0], props), pullPolicy: PULL_POLICY },
    controller: { replicas: REPLICAS },
  }),
  [Operator.LEADER_WORKER_SET.name]: (operator, props) => ({
    image: { manager: { ...tagged(operator.chart.images[0], props), pullPolicy: PULL_POLICY } },
    replicaCount: REPLICAS,
    podSecurityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  }),
  [Operator.KEDA.name]: ({ chart: { images } }, props) => ({
    image: {
      keda: split(images[0], props),
      metricsApiServer: split(images[1], props),
      webhooks: split(images[2], props),
      pullPolicy: PULL_POLICY,
    },
    operator: { replicaCount: REPLICAS },
  }),
  [Operator.EXTERNAL_SECRETS.name]: ({ chart: { images } }, props) => ({
    image: tagged(images[0], props),
    webhook: { image: tagged(images[0], props) },
    certController: { image: tagged(images[0], props) },
    replicaCount: REPLICAS,
    leaderElect: true,
  }),
  [Operator.FSX_CSI.name]: csiDriverValues,
  [Operator.MOUNTPOINT_S3_CSI.name]: csiDriverValues,
  [Operator.SECRETS_STORE_CSI.name]: csiDriverValues,
  [Operator.SECRETS_STORE_AWS.name]: csiDriverValues,
};

/** One works, one takes over. */
const REPLICAS = 2;
