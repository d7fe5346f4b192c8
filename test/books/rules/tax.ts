import type { Case } from "../case.ts";
import { Fault } from "../fault.ts";
import { Rational } from "../rational.ts";

const hundred = Rational.of(100);

/** A rate takes its share of what its lines come to in all, rounded once for an invoice. */
export function taxOfLines({ ledger }: Case): void {
  for (const { number, lines } of ledger.invoices) {
    const all = lines.flatMap((line) =>
      line.taxes.map((tax) => ({ ...tax, net: line.amount - line.discount - line.prepaid })),
    );
    const rates = Map.groupBy(all, ({ percentage, inclusive }) => `${percentage} ${inclusive}`);
    for (const [rate, parts] of rates) {
      const [{ percentage, inclusive } = { percentage: "0", inclusive: false }] = parts;
      const share = Rational.of(percentage);
      const base = new Rational(parts.reduce((total, { net }) => total + net, 0n));
      const exact = inclusive ? base.times(share).over(hundred.plus(share)) : base.times(share).over(hundred);
      const told = parts.reduce((total, { amount }) => total + amount, 0n);
      // Lines that give back have the tax of their source line, which was rounded with others.
      const credits = parts.filter(({ net }) => net < 0n).length;
      const off = new Rational(told).minus(exact).abs();
      const allowed = new Rational(1n, 2n).plus(Rational.of(credits));
      if (off.compare(allowed) > 0) {
        throw new Fault(
          "tax-is-that-of-lines",
          `invoice ${number}, rate ${rate}: ${told} of ${String(base)}, expected ${String(exact)}`,
        );
      }
    }
  }
}
