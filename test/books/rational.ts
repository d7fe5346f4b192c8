/** An exact fraction: the model never rounds on the way. */
export class Rational {
  readonly n: bigint;
  readonly d: bigint;

  constructor(n: bigint, d: bigint = 1n) {
    if (d === 0n) throw new RangeError("a fraction has no zero below");
    const sign = d < 0n ? -1n : 1n;
    const by = gcd(n < 0n ? -n : n, d * sign) || 1n;
    this.n = (n * sign) / by;
    this.d = (d * sign) / by;
  }

  static of(value: string | number | bigint | Rational): Rational {
    if (value instanceof Rational) return value;
    if (typeof value === "bigint") return new Rational(value);
    const [whole = "0", digits = ""] = String(value).split(".");
    return new Rational(BigInt(whole + digits), 10n ** BigInt(digits.length));
  }

  plus(other: Rational): Rational {
    return new Rational(this.n * other.d + other.n * this.d, this.d * other.d);
  }

  minus(other: Rational): Rational {
    return new Rational(this.n * other.d - other.n * this.d, this.d * other.d);
  }

  times(other: Rational): Rational {
    return new Rational(this.n * other.n, this.d * other.d);
  }

  over(other: Rational): Rational {
    return new Rational(this.n * other.d, this.d * other.n);
  }

  abs(): Rational {
    return this.n < 0n ? new Rational(-this.n, this.d) : this;
  }

  compare(other: Rational): number {
    const difference = this.n * other.d - other.n * this.d;
    return difference < 0n ? -1 : Number(difference > 0n);
  }

  /** The nearest whole number; halves away from zero. */
  rounded(): bigint {
    const size = this.n < 0n ? -this.n : this.n;
    const whole = (2n * size + this.d) / (2n * this.d);
    return this.n < 0n ? -whole : whole;
  }

  isZero(): boolean {
    return this.n === 0n;
  }

  toString(): string {
    return this.d === 1n ? String(this.n) : (Number(this.n) / Number(this.d)).toFixed(3);
  }
}

export const zero = new Rational(0n);
export const one = new Rational(1n);

export const least = (some: Rational, other: Rational): Rational => (some.compare(other) < 0 ? some : other);
export const most = (some: Rational, other: Rational): Rational => (some.compare(other) > 0 ? some : other);

export function sum(values: Iterable<Rational>): Rational {
  let result = zero;
  for (const value of values) result = result.plus(value);
  return result;
}

function gcd(some: bigint, other: bigint): bigint {
  let [a, b] = [some, other];
  while (b) [a, b] = [b, a % b];
  return a;
}
