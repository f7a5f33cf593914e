import type { HelmChart } from "../../catalog";
import { InvalidProps, safeId } from "../../core";
import { Construct } from "../../terraform/cdktf";
import type { HelmRelease } from "../helm-release";
import { ImageSources } from "../images/image-sources";
import type { KueueConfigurationOptions } from "../queues/kueue-configuration";
import type { KubernetesTarget } from "../target/kubernetes-target";
import type { PlacedObject } from "../target/renderer";
import { type Operator } from "./operator";
import { operatorValues } from "./operator-values";

export interface OperatorsProps {
  /** Where the releases go. */
  readonly target: KubernetesTarget;
  /** What to install. */
  readonly operators: readonly Operator[];
  /** Where nodes get images from, and Terraform gets charts from. @default ImageSources.upstream() */
  readonly images?: ImageSources;
  /** Whether nodes reach more than VPC endpoints; false refuses images that those do not serve. @default true */
  readonly hasInternet?: boolean;
  /** Settings of Kueue's controller. @default - those of `kueueConfiguration` */
  readonly kueue?: KueueConfigurationOptions;
  /**
   * Values by operator name, on top of the library's: what follows from the AWS half (`KarpenterController.controllerValues`), and what a
   * stage wants otherwise. Objects are merged, all else is replaced. @default - none
   */
  readonly values?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Objects that must be there before. @default - none */
  readonly after?: readonly PlacedObject[];
}

/**
 * Controllers by their pinned Helm charts. Their CRDs come with them, so the objects of these kinds belong into a later stack, or at least
 * behind `placed`.
 */
export class Operators extends Construct {
  /** The releases, for `after` of what needs them. */
  public readonly placed: readonly PlacedObject[];

  /** @throws InvalidProps OPERATOR_VALUES_UNKNOWN, IMAGE_UNREACHABLE, KUEUE_CONFIGURATION_INVALID */
  public constructor(scope: Construct, id: string, props: OperatorsProps) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    const { target, operators, after } = props;
    const names = operators.map(({ name }) => name);
    const unknown = Object.keys(props.values ?? {}).find((name) => !names.includes(name));
    if (unknown !== undefined) {
      const refusal = { got: unknown, allowed: names.sort().join(", ") || "none: no operator is installed" };
      throw new InvalidProps("OPERATOR_VALUES_UNKNOWN", `${this.node.path}.values`, refusal);
    }
    this.placed = operators.map((operator) =>
      target.install(this, operator.name, this.release(operator, props), { after }),
    );
  }

  private release(operator: Operator, props: OperatorsProps): HelmRelease {
    const { images = ImageSources.upstream(), hasInternet = true, kueue } = props;
    const at = `${this.node.path}/${operator.name}`;
    const chart: HelmChart = operator.chart;
    images.checkReachable(chart.images, { hasInternet }, at);
    return {
      name: operator.name,
      namespace: operator.namespace,
      createNamespace: operator.namespace !== "kube-system",
      chart,
      repository: images.chartRepository(chart),
      values: merged(operatorValues(operator, { images, kueue, at }), props.values?.[operator.name] ?? {}),
    };
  }
}

type Values = Readonly<Record<string, unknown>>;

function merged(ours: Values, theirs: Values): Values {
  const both = Object.entries(theirs).map(([key, value]): [string, unknown] => {
    const own = ours[key];
    return [key, isObject(own) && isObject(value) ? merged(own, value) : value];
  });
  return { ...ours, ...Object.fromEntries(both) };
}

function isObject(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
