import type { IGrantee, PolicyStatement } from "../contracts";
import { InvalidProps, safeId } from "../core";
import { IamRolePolicy } from "../terraform/aws";
import { Construct, type ITerraformDependable, Lazy } from "../terraform/cdktf";
import { jsonText } from "../terraform/json-text";
import { identityPolicy } from "./policy-document";

/** AWS IAM quotas, 2026: characters of all inline policies of a role, white space not counted. */
const INLINE_POLICY_LIMIT = 10_240;

export interface IamGranteeProps {
  /** Name of the role that receives the permissions. */
  readonly roleName: string;
}

/**
 * Makes a role a grantee: every statement that is allowed lands in one inline policy of the role, made with the first statement.
 * Equal statements are written once, in an order that does not depend on who asked first.
 */
export class IamGrantee extends Construct implements IGrantee {
  private readonly roleName: string;
  private readonly statements: PolicyStatement[] = [];
  private inlinePolicy?: IamRolePolicy;

  /** @throws InvalidProps ID_UNSAFE; POLICY_TOO_LARGE at synth */
  public constructor(scope: Construct, id: string, props: IamGranteeProps) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    this.roleName = props.roleName;
    this.node.addValidation({ validate: () => this.tooLarge() });
  }

  public allow(statement: PolicyStatement): void {
    this.statements.push(statement);
    this.inlinePolicy ??= new IamRolePolicy(this, "Resource", {
      name: "grants",
      role: this.roleName,
      policy: Lazy.stringValue({ produce: (context) => this.render((text) => String(context.resolve(text))) }),
    });
  }

  /** The inline policy, for `dependsOn`; nothing before the first statement. */
  public get policy(): ITerraformDependable | undefined {
    return this.inlinePolicy;
  }

  /** Statements are compared as Terraform will read them: the framework's own placeholders differ from run to run. */
  private render(resolve: (text: string) => string): string {
    const byText = new Map(this.statements.map((statement) => [resolve(jsonText(statement)), statement]));
    const sorted = [...byText].sort(([a], [b]) => (a < b ? -1 : 1));
    return identityPolicy(sorted.map(([, statement]) => statement));
  }

  /** Values known only after apply count as nothing, so this refuses only what IAM is certain to refuse. */
  private tooLarge(): string[] {
    const known = (text: string) => text.replace(/\$\{TfToken\[[^\]]*\]\}|\s/g, "");
    const size = known(this.render(known)).length;
    if (size <= INLINE_POLICY_LIMIT) return [];
    const refusal = { got: size, allowed: `at most ${INLINE_POLICY_LIMIT} characters` };
    return [new InvalidProps("POLICY_TOO_LARGE", this.node.path, refusal).message];
  }
}
