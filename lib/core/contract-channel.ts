import { Construct, Fn, propertyAccess, TerraformStack, Token } from "../terraform/cdktf";
import { DataAwsSsmParameter, DataAwsSsmParametersByPath, SsmParameter } from "../terraform/aws";
import { escape } from "../terraform/escape";
import { InvalidProps } from "./errors";

/** Values by key: identifiers only, each a string or the token of one. Join lists with ",". */
export type ContractValues = Readonly<Record<string, string>>;

const CONTRACT = /^[a-z][a-z0-9-]*\/v[1-9][0-9]*$/;
const KEY = /^[a-z][A-Za-z0-9-]*$/;
/** AWS Systems Manager, PutParameter: paths begin neither with "aws" nor with "ssm". */
const PREFIX = /^(?!aws|ssm)[a-z][A-Za-z0-9_.-]*$/i;

/**
 * How values travel from one stack to another. Only identifiers travel; what shapes a configuration (counts, zones) is computed
 * from the stage's typed config on both sides.
 */
export abstract class ContractChannel {
  /**
   * SSM parameters below `/<prefix>/<contract>/`: readable with narrow permissions, visible to people, and free of the
   * producer's state. A value of a plain string type is not secret, so plans stay readable.
   * @param prefix first path segment, usually the stage
   * @throws InvalidProps CONTRACT_NAME_INVALID
   */
  public static parameterStore(prefix: string): ContractChannel {
    if (!PREFIX.test(prefix)) {
      const allowed = 'letters, digits, "_", "." and "-", starting with a letter, but not with "aws" or "ssm"';
      throw new InvalidProps("CONTRACT_NAME_INVALID", "ContractChannel.parameterStore", { got: prefix, allowed });
    }
    return new ParameterStoreChannel(prefix);
  }

  /** Given values, by contract and key: for tests, and for what others have made. Nothing is published. */
  public static literals(values: Readonly<Record<string, ContractValues>>): ContractChannel {
    return new LiteralChannel(values);
  }

  /**
   * Publishes the values of a contract.
   * @param contract name and version, such as "network/v1"
   * @throws InvalidProps CONTRACT_NAME_INVALID
   */
  public publish(scope: Construct, contract: string, values: ContractValues): void {
    checkNames(scope, contract, Object.keys(values));
    this.write(scope, contract, values);
  }

  /**
   * Reads values of a contract. When the producing stack is in the same app, the reading stack depends on it.
   * @param producer id of the stack that publishes the contract, named to the user when a value is missing
   * @throws InvalidProps CONTRACT_NAME_INVALID; CONTRACT_VALUE_MISSING for literals
   */
  public read<K extends string>(
    scope: Construct,
    contract: string,
    keys: readonly K[],
    producer: string,
  ): Record<K, string> {
    checkNames(scope, contract, keys);
    const stack = TerraformStack.of(scope);
    const source = stack.node.root.node.tryFindChild(producer);
    if (source && TerraformStack.isStack(source)) stack.addDependency(source);
    return this.lookUp(scope, contract, keys, producer);
  }

  protected abstract write(scope: Construct, contract: string, values: ContractValues): void;
  protected abstract lookUp<K extends string>(
    scope: Construct,
    contract: string,
    keys: readonly K[],
    producer: string,
  ): Record<K, string>;
}

function checkNames(scope: Construct, contract: string, keys: readonly string[]): void {
  const bad = CONTRACT.test(contract) ? keys.find((key) => !KEY.test(key)) : contract;
  if (bad === undefined) return;
  const allowed = 'a contract such as "network/v1" and keys such as "vpcId"';
  throw new InvalidProps("CONTRACT_NAME_INVALID", scope.node.path, { got: bad, allowed });
}

function contractId(contract: string): string {
  return contract.replace("/", "-");
}

class ParameterStoreChannel extends ContractChannel {
  public constructor(private readonly prefix: string) {
    super();
  }

  protected override write(scope: Construct, contract: string, values: ContractValues): void {
    const at = new Construct(scope, `Publish-${contractId(contract)}`);
    for (const [key, value] of Object.entries(values)) {
      new SsmParameter(at, key, {
        name: `/${this.prefix}/${contract}/${key}`,
        description: escape(`${key} of contract ${contract}, published by ${TerraformStack.of(scope).node.id}`),
        type: "String",
        insecureValue: escape(value),
      });
    }
  }

  protected override lookUp<K extends string>(
    scope: Construct,
    contract: string,
    keys: readonly K[],
    producer: string,
  ) {
    const at = new Construct(scope, `Read-${contractId(contract)}`);
    const path = `/${this.prefix}/${contract}`;
    // Reading a missing parameter fails with "couldn't find resource"; this check comes first and names what to deploy.
    const present = new DataAwsSsmParametersByPath(at, "Present", {
      path,
      // Only the names are looked at; with decryption, secret strings that others keep below the path would lie in the state.
      withDecryption: false,
      lifecycle: {
        postcondition: keys.map((key) => ({
          condition: `\${contains(self.names, "${path}/${key}")}`,
          errorMessage: `Contract value ${path}/${key} is missing. Deploy its producer first: cdktf deploy '${producer}'`,
        })),
      },
    });
    const read = (key: K) =>
      new DataAwsSsmParameter(at, key, { name: `${path}/${key}`, dependsOn: [present] }).insecureValue;
    return Object.fromEntries(keys.map((key) => [key, read(key)])) as Record<K, string>;
  }
}

class LiteralChannel extends ContractChannel {
  public constructor(private readonly contracts: Readonly<Record<string, ContractValues>>) {
    super();
  }

  protected override write(): void {
    // The reader has its values already.
  }

  protected override lookUp<K extends string>(scope: Construct, contract: string, keys: readonly K[]) {
    const values = this.contracts[contract] ?? {};
    const missing = keys.filter((key) => values[key] === undefined);
    if (missing.length > 0) {
      throw new InvalidProps("CONTRACT_VALUE_MISSING", `${scope.node.path}.${contract}`, {
        got: Object.keys(values).sort(),
        allowed: `literals that hold ${missing.join(", ")}`,
      });
    }
    return Object.fromEntries(keys.map((key) => [key, values[key]])) as Record<K, string>;
  }
}

/**
 * The n-th member, counted from 0, of a list that travelled as one comma-joined string.
 *
 * A list that is too short is an error, at plan where it is known only then: its producer was not deployed since the config grew.
 * `element()` would give a member from the list's beginning instead. Source: Terraform language, "element Function", 2026.
 *
 * @param at path of the construct that needs the member, for the message
 * @throws InvalidProps CONTRACT_VALUE_MISSING
 */
export function listMember(joined: string, index: number, at = "listMember"): string {
  if (Token.isUnresolved(joined)) return Token.asString(propertyAccess(Fn.split(",", joined), [index]));
  const member = joined.split(",")[index];
  if (member) return member;
  throw new InvalidProps("CONTRACT_VALUE_MISSING", at, {
    got: joined,
    allowed: `a list with a member at index ${index}`,
    remedy: "Add the member to the literal, or ask for fewer.",
  });
}
