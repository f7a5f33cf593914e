import type { ServiceIdentity } from "../../contracts";

/** What the Helm values of a controller are made of: identifiers, and two decisions. */
export interface KarpenterValuesProps {
  readonly clusterName: string;
  readonly queueName: string;
  readonly identity: ServiceIdentity;
  /** Whether nothing but VPC endpoints can be reached. */
  readonly isolated: boolean;
  /** Whether node pools with a fixed count are used: an alpha feature. */
  readonly staticCapacity: boolean;
}

/** Values of the `karpenter` chart that follow from the AWS half; all others keep the chart's defaults. */
export interface KarpenterValues {
  readonly serviceAccount: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly settings: {
    readonly clusterName: string;
    readonly interruptionQueue: string;
    readonly isolatedVPC?: true;
    readonly featureGates?: { readonly staticCapacity: true };
  };
}

/** Source: aws/karpenter-provider-aws v1.14.1 `charts/karpenter/values.yaml` and `templates/deployment.yaml`. */
export function karpenterValues(props: KarpenterValuesProps): KarpenterValues {
  const { serviceAccount, annotations } = props.identity;
  return {
    serviceAccount: { name: serviceAccount, ...(Object.keys(annotations).length > 0 && { annotations }) },
    settings: {
      clusterName: props.clusterName,
      interruptionQueue: props.queueName,
      ...(props.isolated && { isolatedVPC: true as const }),
      ...(props.staticCapacity && { featureGates: { staticCapacity: true as const } }),
    },
  };
}
