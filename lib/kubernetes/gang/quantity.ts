import { InvalidProps } from "../../core";

const DECIMAL = ["", "k", "M", "G", "T", "P", "E"];
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/**
 * A whole quantity, as Kubernetes writes it: with the largest suffix that leaves a whole number, so that 1000 is "1k" and 1024 Mi is "1Gi".
 * Controllers that read and write an object give back this form. Source: k8s.io/apimachinery `pkg/api/resource/quantity.go`, "canonical form".
 */
export class WholeQuantity {
  /** A plain number: cores, accelerators, objects. */
  public static count(value: number): WholeQuantity {
    return new WholeQuantity(BigInt(value), false);
  }

  public static mebibytes(value: number): WholeQuantity {
    return new WholeQuantity(BigInt(value) * 1024n ** 2n, true);
  }

  /** @throws InvalidProps QUANTITY_INVALID for fractions and what is no quantity */
  public static parse(text: string, at: string): WholeQuantity {
    const [, digits, suffix = ""] = /^(\d+)([kMGTPE]|[KMGTPE]i)?$/.exec(text) ?? [];
    if (digits === undefined) {
      throw new InvalidProps("QUANTITY_INVALID", at, {
        got: text,
        allowed: 'a whole quantity such as "8" or "5120Mi"',
      });
    }
    const binary = suffix.endsWith("i");
    const power = BigInt((binary ? BINARY : DECIMAL).indexOf(suffix));
    return new WholeQuantity(BigInt(digits) * (binary ? 1024n : 1000n) ** power, binary);
  }

  private constructor(
    private readonly value: bigint,
    private readonly binary: boolean,
  ) {}

  public times(factor: number): WholeQuantity {
    return new WholeQuantity(this.value * BigInt(factor), this.binary);
  }

  public plus(other: WholeQuantity): WholeQuantity {
    return new WholeQuantity(this.value + other.value, this.binary);
  }

  /** Bytes as mebibytes, rounded up. */
  public inMebibytes(): number {
    return Math.ceil(Number(this.value) / 1024 ** 2);
  }

  public toString(): string {
    const base = this.binary ? 1024n : 1000n;
    let rest = this.value;
    let power = 0;
    while (rest !== 0n && rest % base === 0n) {
      rest /= base;
      power += 1;
    }
    return `${rest}${(this.binary ? BINARY : DECIMAL)[power]}`;
  }
}
