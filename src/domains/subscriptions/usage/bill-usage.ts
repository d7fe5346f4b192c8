import type { Period } from "../../../kit/period.ts";
import type { TimeBasis } from "../../../kit/time-share.ts";
import {
  type GiveBack,
  type InvoiceLineDraft,
  type LedgerLine,
  readLedger,
  routeGiveBacks,
} from "../../invoices/index.ts";
import type { Settled } from "../settlement.ts";
import type { Reading, SubscriptionState } from "../state.ts";
import type { ChargeState } from "./charge.ts";
import { type Measured, readMeasured } from "./figures.ts";
import { cutCharge, openCharges } from "./open-charges.ts";
import { type RatedCharge, billedCharge, correct, rateCharge, usageBackLine, usageLine } from "./rate.ts";
import { type ChargeChanges, type StoredCharge, noCharges, readStoredCharges } from "./stored-charges.ts";

/** A subscription whose usage goes on an invoice. */
export interface UsageToBill {
  readonly state: SubscriptionState;
  /** The period whose usage is billed; null for none. */
  readonly period: Period | null;
  /** The parts of it that are billed: all of it unless said. */
  readonly parts?: readonly Period[] | undefined;
  /** The whole period of the cycle that the period is a part of; the period itself unless said. */
  readonly whole?: Period | undefined;
  readonly basis: TimeBasis;
  /** Time that is not billed, whatever was used in it: it was paused, and its invoices come to nothing. */
  readonly free?: readonly Period[] | undefined;
  /** Whether what was billed of earlier periods is corrected. */
  readonly corrects: boolean;
}

/** What goes on the invoice of a subscription, and what is noted of it. */
export interface BilledUsage extends Pick<Settled, "adjustments" | "onDrafts"> {
  readonly lines: readonly InvoiceLineDraft[];
  /** What all charges of the period come to. */
  readonly rated: readonly RatedCharge[];
  readonly charges: ChargeChanges;
}

export const noUsage: BilledUsage = {
  lines: [],
  adjustments: [],
  onDrafts: [],
  rated: [],
  charges: noCharges,
};

export interface BillOptions {
  readonly now: Date;
  /** Whether nobody else may bill the same until the transaction ends. */
  readonly lock: boolean;
  /** Whether the period is not over: then only what is paid in advance is billed, without the minimum. */
  readonly early?: boolean;
  /** Whether it is only told what it would come to. */
  readonly estimate?: boolean;
}

/** So long after its end a charge can no longer change: events are 90 days late at the most, and their transactions end within a day. */
const settlesAfter = 91 * 86_400_000;

/**
 * Rates the usage of subscriptions, by their ids. Each charge is billed what it comes to by now, less what was billed of it: so
 * what came late, or was voided, goes on the next invoice, once. Seven statements at most, however many subscriptions.
 */
export async function billUsage(
  reading: Reading,
  wanted: readonly UsageToBill[],
  { now, lock, early = false, estimate }: BillOptions,
): Promise<ReadonlyMap<string, BilledUsage>> {
  if (!wanted.length) return new Map();
  const all = await readStoredCharges(
    reading,
    wanted.map(({ state }) => state.subscription),
    { lock },
  );
  const left = Map.groupBy(all, ({ charge }) => charge.customerId);
  const taken = wanted.map((one) => {
    const { customerId } = one.state.subscription;
    const { known = [], rest = [] } = Object.groupBy(left.get(customerId) ?? [], (charge) =>
      goesOn(charge, one) ? "known" : "rest",
    );
    left.set(customerId, rest);
    const { fresh, known: stored } = combine(one, known, now);
    if (!early) return { one, fresh, known: stored };
    return {
      one,
      fresh: fresh.filter(({ price }) => price.payInAdvance),
      known: stored.filter(({ charge }) => charge.price.payInAdvance),
    };
  });
  const charges = taken.flatMap(({ fresh, known }) => [...fresh, ...known.map(({ charge }) => charge)]);
  const measured = await readMeasured(reading, charges);
  const again = taken.flatMap(({ known }) => known.filter(({ charge }) => charge.billedAt !== null));
  const ledger = Map.groupBy(
    await readLedger(reading, { usageChargeIds: again.map(({ charge }) => charge.id) }),
    ({ usageChargeId }) => usageChargeId ?? "",
  );
  return new Map(
    taken.map(({ one, fresh, known }) => [
      one.state.subscription.id,
      bill(one, fresh, known, { measured, ledger, now, early, estimate }),
    ]),
  );
}

/** A stored charge, and whether it ends at another time than it was stored with. */
type KnownCharge = StoredCharge & { readonly moved: boolean };

/** Whether a stored charge is for the invoice of a subscription: its own, and those of ended ones of its customer. */
function goesOn(
  { charge, ended, currency }: StoredCharge,
  { state, period, corrects }: UsageToBill,
): boolean {
  const { id, currency: own } = state.subscription;
  if (charge.subscriptionId !== id) return corrects && ended && currency === own;
  const inPeriod = period !== null && charge.startsAt < period.end && charge.endsAt > period.start;
  return charge.billedAt === null ? inPeriod : inPeriod || corrects;
}

/** The charges of the period that are not stored yet, and the stored ones; what was stored for less of the time is for all of it now. */
function combine(
  { state, period, parts, whole, basis }: UsageToBill,
  known: readonly StoredCharge[],
  now: Date,
): { readonly fresh: readonly ChargeState[]; readonly known: readonly KnownCharge[] } {
  const billed = period && { period, whole: whole ?? period };
  const open = billed ? openCharges(state, parts ?? [billed.period], { now, basis, billed }) : [];
  const isSame = (one: ChargeState, other: ChargeState) =>
    one.subscriptionItemId === other.subscriptionItemId && +one.startsAt === +other.startsAt;
  const fresh = open.filter((one) => !known.some(({ charge }) => isSame(charge, one)));
  const stored = known.map(
    (one): { readonly known: readonly KnownCharge[]; readonly fresh: readonly ChargeState[] } => {
      const { charge } = one;
      const again = open.find((other) => isSame(charge, other));
      if (again && again.priceId === charge.priceId) {
        const { endsAt, share, minimum } = again;
        const moved = +endsAt !== +charge.endsAt;
        return { known: [{ ...one, moved, charge: { ...charge, endsAt, share, minimum } }], fresh: [] };
      }
      if (charge.billedAt !== null || !billed) return { known: [{ ...one, moved: false }], fresh: [] };
      const [first, ...others] = cutCharge(charge, parts ?? [billed.period], { basis, billed });
      return { known: first ? [{ ...one, moved: first !== charge, charge: first }] : [], fresh: others };
    },
  );
  return {
    fresh: [...fresh, ...stored.flatMap((one) => one.fresh)],
    known: stored.flatMap((one) => one.known),
  };
}

function bill(
  { state, period, free = [] }: UsageToBill,
  fresh: readonly ChargeState[],
  known: readonly KnownCharge[],
  {
    measured,
    ledger,
    now,
    early,
    estimate,
  }: {
    readonly measured: ReadonlyMap<string, Measured>;
    readonly ledger: ReadonlyMap<string, readonly LedgerLine[]>;
    readonly now: Date;
    readonly early: boolean;
    readonly estimate: boolean | undefined;
  },
): BilledUsage {
  const rate = (charge: ChargeState) => {
    const figures = measured.get(charge.id);
    if (!figures) throw new Error(`nothing was measured for the charge ${charge.id}`);
    // Only the bill of the whole charge raises it to its minimum.
    return { ...rateCharge(early ? { ...charge, minimum: null } : charge, figures, { estimate }), charge };
  };
  const settled = ({ endsAt }: ChargeState) => !early && +endsAt + settlesAfter <= +now;
  const isRunning = (charge: ChargeState) =>
    charge.subscriptionId === state.subscription.id && period !== null && charge.endsAt > period.start;
  const ratedFresh = fresh.map(rate);
  const ratedKnown = known.map((one) => ({ ...one, rated: rate(one.charge) }));
  const position = new Map(state.items.map(({ id }, index) => [id, index]));
  const place = ({ charge }: RatedCharge) => position.get(charge.subscriptionItemId) ?? position.size;
  const first = [
    ...ratedFresh,
    ...ratedKnown.filter(({ charge }) => charge.billedAt === null).map(({ rated }) => rated),
  ];
  const again = ratedKnown
    .filter(({ charge }) => charge.billedAt !== null)
    .toSorted((one, other) => +one.charge.startsAt - +other.charge.startsAt);
  const corrections = again.map(({ rated }) => {
    const running = isRunning(rated.charge);
    const { startsAt } = rated.charge;
    const isFree = free.some(({ start, end }) => start <= startsAt && startsAt < end);
    const { line, giveBacks } = correct(rated, ledger.get(rated.charge.id) ?? [], { running, isFree });
    const { adjustments, onDrafts, onInvoice } = routeGiveBacks(giveBacks);
    const lineOf = (part: GiveBack) => usageBackLine(part, rated, { running });
    return {
      lines: [...(line ? [line] : []), ...onInvoice.map(lineOf)],
      adjustments,
      onDrafts: onDrafts.flatMap((part) =>
        part.line.invoice ? [{ invoiceId: part.line.invoice.id, line: lineOf(part) }] : [],
      ),
    };
  });
  return {
    adjustments: corrections.flatMap(({ adjustments }) => adjustments),
    onDrafts: corrections.flatMap(({ onDrafts }) => onDrafts),
    lines: [
      ...first
        .toSorted((one, other) => place(one) - place(other) || +one.charge.startsAt - +other.charge.startsAt)
        .flatMap((rated) => (early && rated.amount === 0n ? [] : (usageLine(rated) ?? []))),
      ...corrections.flatMap(({ lines }) => lines),
    ],
    rated: [...ratedFresh, ...ratedKnown.map(({ rated }) => rated).filter(({ charge }) => isRunning(charge))],
    charges: {
      added: ratedFresh.map((rated) => billedCharge(rated, settled(rated.charge), now)),
      changed: ratedKnown
        .filter(
          ({ charge, rated, moved }) =>
            moved ||
            charge.billedAt === null ||
            settled(charge) ||
            rated.amount !== charge.amount ||
            !rated.quantity.eq(charge.quantity?.toFixed() ?? 0),
        )
        .map(({ rated }) => billedCharge(rated, settled(rated.charge), now)),
    },
  };
}
