import type { Case } from "./case.ts";
import { type PriceKey, priceOf } from "./catalog.ts";
import { Chance, drawBeginning, drawOperation, drawTerms } from "./draw.ts";
import type { Beginning, Operation, Sequence } from "./operations.ts";
import { lowered } from "./rules/invoices.ts";
import { type Ran, runSequence } from "./run.ts";
import { tableOf } from "./tell.ts";
import type { Shop } from "./shop.ts";

/** Two sequences that must come to the same. */
export interface Twins {
  readonly rule: string;
  readonly sequences: readonly [Sequence, Sequence];
}

const changing = new Set<Operation["op"]>(["quantity", "plan", "update", "add", "remove"]);

/**
 * A beginning whose money depends on nothing but its terms: paid at once, without an end, and without a wallet, which pays before
 * tax, so that it matters to the tax when it pays.
 */
function plainBeginning(chance: Chance): Beginning {
  const { endsIn: _, maxCycles: __, payments: ___, startsIn: ____, ...beginning } = drawBeginning(chance);
  const { trialDays: _____, wallet: ______, ...paid } = beginning;
  return paid;
}

function changes(chance: Chance, count: number): Operation[] {
  const drawn: Operation[] = [];
  while (drawn.length < count) {
    const operation = drawOperation(chance);
    if (operation.op === "advance" && operation.days < 12) drawn.push(operation);
    if (!changing.has(operation.op)) continue;
    const price = "price" in operation ? operation.price : undefined;
    if (price && (priceOf(price).interval !== "MONTH" || priceOf(price).count)) continue;
    drawn.push(
      "mode" in operation && operation.mode === "NONE" ? { ...operation, mode: "IMMEDIATE" } : operation,
    );
  }
  return drawn;
}

const withMode = (operations: readonly Operation[], mode: "IMMEDIATE" | "NEXT_INVOICE"): Operation[] =>
  operations.map((operation) => ("mode" in operation ? { ...operation, mode } : operation));

/** Whether a difference is billed now or with the next invoice, it comes to the same. */
function nowOrLater(chance: Chance): Twins {
  const beginning = plainBeginning(chance);
  const operations = changes(chance, 2 + chance.below(4));
  const end: Operation[] = chance.may(0.5)
    ? [{ op: "toPeriodEnd" }]
    : [{ op: "cancelNow", prorate: chance.may(0.5) }];
  return {
    rule: "now-or-later-is-the-same",
    sequences: [
      { beginning, operations: [...withMode(operations, "IMMEDIATE"), ...end] },
      { beginning, operations: [...withMode(operations, "NEXT_INVOICE"), ...end] },
    ],
  };
}

/** An end at a date comes to the same, whether it is the term's or a cancellation's. */
function endOrCancel(chance: Chance): Twins {
  const beginning = plainBeginning(chance);
  const before = changes(chance, chance.below(3));
  const after = changes(chance, chance.below(3)).filter(({ op }) => op !== "advance");
  const days = chance.of([3, 11, 25, 40]);
  const end: Operation[] = [{ op: "advance", days: days + 1 }];
  const with_ = (operation: Operation): Sequence => ({
    beginning,
    operations: [...before, operation, ...after, ...end],
  });
  return {
    rule: "an-end-is-an-end",
    sequences: [with_({ op: "cancelAt", days }), with_({ op: "endsOn", days })],
  };
}

/** Changes at one instant that have nothing to do with each other come to the same in any order. */
function anyOrder(chance: Chance): Twins {
  const items = (["a60", "b100", "r60"] as const).map((price) => ({ price, quantity: 2, chosen: null }));
  const beginning = { ...plainBeginning(chance), items: items.slice(0, 2 + chance.below(2)) };
  const before: Operation[] = chance.may(0.5) ? [{ op: "advance", days: 5 }] : [];
  const [some, other] = chance.of<readonly [Operation, Operation]>([
    [
      { op: "quantity", item: 0, quantity: 3, mode: "IMMEDIATE" },
      { op: "quantity", item: 1, quantity: 4, mode: "NEXT_INVOICE" },
    ],
    [
      { op: "anchorDay", day: 20 },
      { op: "quantity", item: 0, quantity: 5, mode: "IMMEDIATE" },
    ],
    [
      { op: "refund", invoice: 0, part: 0.5 },
      { op: "anchorDay", day: 9 },
    ],
    [
      { op: "grant", amount: 700 },
      { op: "quantity", item: 0, quantity: 1, mode: "NEXT_INVOICE" },
    ],
    [
      { op: "pauseAtPeriodEnd", behavior: "KEEP_AS_DRAFT" },
      { op: "quantity", item: 0, quantity: 2, mode: "IMMEDIATE" },
    ],
    [{ op: "cancelAtPeriodEnd" }, { op: "quantity", item: 0, quantity: 2, mode: "NEXT_INVOICE" }],
  ]);
  const end: Operation[] = [{ op: "toPeriodEnd" }, { op: "toPeriodEnd" }];
  const advance: Operation = { op: "advance", days: chance.of([2, 9, 15]) };
  return {
    rule: "any-order-is-the-same",
    sequences: [
      { beginning, operations: [...before, advance, some, other, ...end] },
      { beginning, operations: [...before, advance, other, some, ...end] },
    ],
  };
}

/** A change and the change back at one instant come to what there was without them. */
function thereAndBack(chance: Chance): Twins {
  const { items: _, ...others } = plainBeginning(chance);
  const mode = chance.of(["IMMEDIATE", "NEXT_INVOICE"] as const);
  const quantity = chance.of([1, 2, 3]);
  // What there is first is known, so that the way back is.
  const [price, there, back] = chance.of<readonly [PriceKey, Operation, Operation]>([
    ["a60", { op: "quantity", item: 0, quantity: 5, mode }, { op: "quantity", item: 0, quantity, mode }],
    ["part", { op: "quantity", item: 0, quantity: 7, mode }, { op: "quantity", item: 0, quantity, mode }],
    ["a60", { op: "plan", item: 0, price: "b100", mode }, { op: "plan", item: 0, price: "a60", mode }],
    [
      "r30",
      { op: "plan", item: 0, price: "b100", quantity: 3, mode },
      { op: "plan", item: 0, price: "r30", quantity, mode },
    ],
    ["a30", { op: "cancelNow", prorate: true }, { op: "reactivate" }],
    ["graduated", { op: "cancelNow", prorate: true }, { op: "reactivate" }],
  ]);
  const beginning: Beginning = { ...others, items: [{ price, quantity, chosen: null }] };
  const before: Operation[] = [{ op: "advance", days: chance.of([1, 4, 10, 15, 40]) }];
  if (chance.may(0.5)) before.push({ op: "add", terms: drawTerms(chance, "MONTH"), mode: "IMMEDIATE" });
  if (chance.may(0.5)) before.push({ op: "advance", days: chance.of([1, 4, 10]) });
  const end: Operation[] = [{ op: "toPeriodEnd" }];
  return {
    rule: "there-and-back-is-nothing",
    sequences: [
      { beginning, operations: [...before, ...end] },
      { beginning, operations: [...before, there, back, ...end] },
    ],
  };
}

const kinds = [nowOrLater, endOrCancel, anyOrder, thereAndBack];

export function drawTwins(seed: number): Twins {
  const chance = new Chance(seed);
  return chance.of(kinds)(chance);
}

/** What a customer was charged in all: with tax, and less all that was given back. */
function chargedTo({ ledger }: Case): bigint {
  return ledger.invoices.reduce((total, { id, status, subtotal, discount, tax, lines }) => {
    if (status === "VOID") return total;
    const carried = lines.reduce(
      (sum, { kind, amount }) => sum + (kind === "CARRIED_OVER" ? amount : 0n),
      0n,
    );
    return total + subtotal - carried - discount + tax - lowered(ledger.notes, { id });
  }, 0n);
}

/** Runs both; the rule does not hold where they come to different amounts. */
export async function runTwins(shops: readonly Shop[], twins: Twins): Promise<Ran> {
  const [some, other] = [
    await runSequence(shops, twins.sequences[0], "ALL"),
    await runSequence(shops, twins.sequences[1], "ALL"),
  ];
  const operations = some.operations + other.operations;
  const broken = [some, other].find(({ fault }) => fault !== null);
  if (broken?.fault) return { ...broken, operations };
  if (!some.one || !other.one) return { operations, checked: 0, fault: null, one: null };
  // What one of them could not do, the other has not done either, or they are no twins.
  const refusals = ({ log }: Case): number => log.filter((line) => line.includes("REFUSED")).length;
  if (refusals(some.one) !== refusals(other.one)) return { operations, checked: 0, fault: null, one: null };
  const [a, b] = [chargedTo(some.one), chargedTo(other.one)];
  const roundings = BigInt(Math.max(some.one.ledger.invoices.length, other.one.ledger.invoices.length) * 2);
  const off = a > b ? a - b : b - a;
  // Which of them has ended is compared, and not by what.
  const [one, two] = [some.one.model, other.one.model];
  const waits = one.over !== two.over || (!one.over && one.status !== two.status);
  if (off <= roundings && !waits) return { operations, checked: 1, fault: null, one: null };
  const text = waits
    ? `one is ${one.status}, the other ${two.status}`
    : `one comes to ${a}, the other to ${b}`;
  return {
    operations,
    checked: 1,
    fault: {
      rule: twins.rule,
      message: text,
      log: [
        ...some.one.log,
        "-- and --",
        ...other.one.log,
        tableOf(some.one),
        "-- and --",
        tableOf(other.one),
      ],
    },
    one: null,
  };
}
