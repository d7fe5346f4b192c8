import { day } from "./calendar.ts";
import { type DiscountKey, type PriceKey, type TaxKey, discounts, priceKeys, priceOf } from "./catalog.ts";
import type { Beginning, Operation, Payments, Sequence } from "./operations.ts";
import type { Mode, Terms } from "./terms.ts";

/** A repeatable source of chance: the same seed, the same draws. */
export class Chance {
  private state: number;

  constructor(seed: number) {
    this.state = (seed ^ 0x9e3779b9) >>> 0;
  }

  /** From 0 up to 1. */
  next(): number {
    // mulberry32
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  of<T>(some: readonly T[]): T {
    return some[this.below(some.length)] as T;
  }

  may(probability: number): boolean {
    return this.next() < probability;
  }
}

const june = Date.UTC(2026, 5, 1);
const starts = [
  june,
  june,
  june,
  june + 15 * day,
  Date.UTC(2026, 0, 31),
  Date.UTC(2026, 1, 10),
  june + day / 2,
];
const modes: readonly Mode[] = ["IMMEDIATE", "IMMEDIATE", "NEXT_INVOICE", "NONE"];
const intervals = ["MONTH", "MONTH", "MONTH", "MONTH", "YEAR", "WEEK"] as const;

const keysOf = (interval: string, count = 1): PriceKey[] =>
  priceKeys.filter((key) => priceOf(key).interval === interval && (priceOf(key).count ?? 1) === count);

export function drawTerms(chance: Chance, interval: string): Terms {
  const price = chance.of(keysOf(interval));
  const chosen = priceOf(price).scheme === "CHOSEN" ? chance.of([1000, 2000, 5000]) : null;
  const quantity = priceOf(price).metered ? 1 : chance.of([1, 1, 1, 2, 3, 7]);
  return { price, quantity, chosen };
}

export function drawBeginning(chance: Chance): Beginning {
  const interval = chance.of(intervals);
  const count = interval === "MONTH" ? chance.of([1, 1, 1, 2, 3]) : chance.of([1, 1, 2]);
  const items = Array.from({ length: count }, () => drawTerms(chance, interval));
  const only = <T>(probability: number, make: () => T): T | undefined =>
    chance.may(probability) ? make() : undefined;
  const values = {
    trialDays: only(0.15, () => chance.of([7, 14, 30])),
    startsIn: only(0.05, () => chance.of([5, 20])),
    anchorDay: only(0.2, () => chance.of([1, 10, 15, 31])),
    discount: only(0.35, () => chance.of(Object.keys(discounts) as DiscountKey[])),
    taxes: only(0.35, () => drawTaxes(chance)),
    sent: only(0.2, () => true),
    endsIn: only(0.07, () => chance.of([10, 45, 70])),
    maxCycles: only(0.05, () => chance.of([1, 2, 3])) as number | undefined,
    payments: only(0.12, () => drawPayments(chance)),
    wallet: only(0.15, () => ({
      amount: chance.of([1000, 5000, 50_000]),
      pays: chance.of(["EVERYTHING", "USAGE"] as const),
    })),
  };
  if (values.endsIn !== undefined) values.maxCycles = undefined;
  const [first, ...more] = items.filter(
    ({ price }, index) =>
      !priceOf(price).metered || items.findIndex((other) => priceOf(other.price).metered) === index,
  );
  return {
    shop: chance.of([0, 0, 0, 1, 2]),
    now: chance.of(starts),
    items: first ? [first, ...more] : items,
    ...(JSON.parse(JSON.stringify(values)) as object),
  };
}

const drawTaxes = (chance: Chance): TaxKey[] =>
  chance.of<TaxKey[]>([["vat"], ["state"], ["vat", "state"], ["within"], []]);

const drawPayments = (chance: Chance): Payments =>
  chance.of(["decline", "decline", "hard_decline", "decline_then_succeed"]);

type Draw = (chance: Chance) => Operation;

const price = (chance: Chance): PriceKey => chance.of(chance.may(0.85) ? keysOf("MONTH") : priceKeys);
const item = (chance: Chance): number => chance.below(3);
const invoice = (chance: Chance): number => chance.below(6);
const part = (chance: Chance): number => chance.of([1, 1, 0.5, 0.3]);
const behavior = (chance: Chance) => chance.of(["KEEP_AS_DRAFT", "MARK_UNCOLLECTIBLE", "VOID"] as const);
const resumes = (chance: Chance) => (chance.may(0.3) ? { resumesIn: chance.of([3, 10, 40, 70]) } : {});

/** How often each kind of operation is drawn, and how. */
const kinds: readonly (readonly [number, Draw])[] = [
  [
    22,
    (chance) => ({
      op: "advance",
      days: chance.of([1, 3, 5, 8, 10, 14, 20, 31]),
      ...(chance.may(0.1) && { hours: 7 }),
    }),
  ],
  [8, () => ({ op: "toPeriodEnd" })],
  [
    9,
    (chance) => ({
      op: "quantity",
      item: item(chance),
      quantity: chance.of([1, 2, 3, 5, 9]),
      mode: chance.of(modes),
    }),
  ],
  [
    9,
    (chance) => ({
      op: "plan",
      item: item(chance),
      price: price(chance),
      mode: chance.of(modes),
      ...(chance.may(0.3) && { quantity: chance.of([1, 2, 4]) }),
    }),
  ],
  [
    3,
    (chance) => ({
      op: "update",
      item: item(chance),
      mode: chance.of(modes),
      ...(chance.may(0.5) ? { quantity: chance.of([1, 2, 4]) } : { price: price(chance) }),
    }),
  ],
  [
    1,
    (chance) => ({
      op: "update",
      item: item(chance),
      mode: chance.of(modes),
      chosen: chance.of([1000, 3000]),
    }),
  ],
  [4, (chance) => ({ op: "add", terms: drawTerms(chance, "MONTH"), mode: chance.of(modes) })],
  [3, (chance) => ({ op: "remove", item: item(chance), mode: chance.of(modes) })],
  [4, (chance) => ({ op: "cancelNow", prorate: chance.may(0.6) })],
  [2, () => ({ op: "cancelAtPeriodEnd" })],
  [2, (chance) => ({ op: "cancelAt", days: chance.of([1, 6, 20, 45]) })],
  [6, () => ({ op: "reactivate" })],
  [2, (chance) => ({ op: "pause", behavior: behavior(chance), ...resumes(chance) })],
  [2, (chance) => ({ op: "pauseAtPeriodEnd", behavior: behavior(chance), ...resumes(chance) })],
  [1, (chance) => ({ op: "pauseByUpdate", on: chance.may(0.7) })],
  [4, () => ({ op: "resume" })],
  [2, (chance) => ({ op: "anchorDay", day: chance.of([1, 5, 15, 28, 31]) })],
  [2, (chance) => ({ op: "trialEnd", days: chance.of([1, 4, 13, 40]) })],
  [2, (chance) => ({ op: "taxes", taxes: drawTaxes(chance) })],
  [1, (chance) => ({ op: "endsOn", days: chance.of([5, 20, 50]) })],
  [1, (chance) => ({ op: "maxCycles", more: chance.of([0, 1, 2]) })],
  [1, () => ({ op: "indefinite" })],
  [3, (chance) => ({ op: "payments", behavior: drawPayments(chance) })],
  [4, () => ({ op: "payments", behavior: "succeed" })],
  [5, (chance) => ({ op: "pay", invoice: invoice(chance), part: part(chance) })],
  [3, (chance) => ({ op: "void", invoice: invoice(chance) })],
  [2, (chance) => ({ op: "uncollectible", invoice: invoice(chance) })],
  [3, (chance) => ({ op: "refund", invoice: invoice(chance), part: part(chance) })],
  [
    3,
    (chance) => ({
      op: "note",
      invoice: invoice(chance),
      part: part(chance),
      byLine: chance.may(0.4),
      method: chance.of(["CUSTOMER_BALANCE", "REFUND_TO_PAYMENT_METHOD", "EXTERNAL"] as const),
    }),
  ],
  [1, () => ({ op: "voidNote", note: 0 })],
  [1, (chance) => ({ op: "deleteDraft", invoice: invoice(chance) })],
  [1, (chance) => ({ op: "finalize", invoice: invoice(chance) })],
  [
    5,
    (chance) => ({
      op: "use",
      quantity: chance.of([1, 10, 90, 300, 1000]),
      daysAgo: chance.of([0, 0, 1, 4, 20]),
    }),
  ],
  [1, (chance) => ({ op: "voidUse", event: chance.below(4) })],
  [1, (chance) => ({ op: "grant", amount: chance.of([500, 4000]) })],
];

const weight = kinds.reduce((total, [share]) => total + share, 0);

export function drawOperation(chance: Chance): Operation {
  let left = chance.next() * weight;
  for (const [share, draw] of kinds) {
    left -= share;
    if (left < 0) return draw(chance);
  }
  return { op: "toPeriodEnd" };
}

/** The sequence of a seed. */
export function drawSequence(seed: number): Sequence {
  const chance = new Chance(seed);
  const beginning = drawBeginning(chance);
  const length = 4 + chance.below(12);
  return { beginning, operations: Array.from({ length }, () => drawOperation(chance)) };
}
