import { safeId } from "../core";
import { Construct } from "../terraform/cdktf";
import { IamServiceLinkedRole } from "../terraform/aws";

export interface ServiceLinkedRoleProps {
  /** Service that the role is for, such as "autoscaling.amazonaws.com" or "spot.amazonaws.com". */
  readonly awsServiceName: string;
}

/**
 * A service-linked role, made on request only: an account has at most one for a service, and most accounts that ever launched
 * an auto-scaling group have theirs. Creating it a second time fails; leave it out there.
 */
export class ServiceLinkedRole extends Construct {
  /** The resource, for `dependsOn`. */
  public readonly resource: IamServiceLinkedRole;

  public constructor(scope: Construct, id: string, props: ServiceLinkedRoleProps) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    this.resource = new IamServiceLinkedRole(this, "Resource", { awsServiceName: props.awsServiceName });
  }
}
