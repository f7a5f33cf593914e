import { type ChartOptions, ChartRenderer } from "./target/chart-renderer";
import { type FilesOptions, FilesRenderer } from "./target/files-renderer";
import { KubectlRenderer } from "./target/kubectl-renderer";
import type { Renderer } from "./target/renderer";
import { TerraformRenderer } from "./target/terraform-renderer";

/** The ways to write the objects of a `KubernetesTarget`. The same manifests and the same order go through all of them. */
export class Renderers {
  /**
   * `kubernetes_manifest` resources of hashicorp/kubernetes: fields are checked against the cluster at plan. The cluster and the CRDs of the
   * objects must exist by then, so CRDs live in an earlier stack than their objects.
   */
  public static terraform(): Renderer {
    return new TerraformRenderer();
  }

  /** `kubectl_manifest` resources of gavinbunney/kubectl: a CRD and its objects in one apply, and no cluster at plan. */
  public static kubectl(): Renderer {
    return new KubectlRenderer();
  }

  /** One Helm release over a chart that synth writes beside the stack's JSON. */
  public static chart(options: ChartOptions): Renderer {
    return new ChartRenderer(options);
  }

  /** YAML, one object a file, for GitOps and for judges; no Terraform resources. */
  public static files(options: FilesOptions = {}): Renderer {
    return new FilesRenderer(options);
  }
}
