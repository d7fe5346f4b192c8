import type { Row } from "../../../db/datamodel.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { insertRows } from "../../../db/writes.ts";
import { newId } from "../../../kit/ids.ts";
import { newMetadata, type Metadata } from "../../../kit/metadata.ts";
import { refuse } from "../../../kit/refusal.ts";
import { refuseBeyond } from "../beyond.ts";
import { refuseMixed } from "../mixed.ts";
import { type Offer, refuseUnfitAmounts, requireOffers } from "../prices.ts";
import { type PhaseInput, spansOf } from "./fields.ts";
import type { Phase } from "./read.ts";

/** Where phases go. */
interface Place {
  readonly environmentId: string;
  readonly scheduleId: string;
  /** When the first of them starts, and its position. */
  readonly start: Date;
  readonly position: number;
  /** The currency of what is billed already. */
  readonly currency: string | null;
}

/** Makes the rows of phases from what was sent; refuses what cannot be billed together. */
export async function planPhases(
  transaction: Transaction,
  sent: readonly PhaseInput[],
  { environmentId, scheduleId, start, position, currency }: Place,
): Promise<Phase[]> {
  const spans = spansOf(sent, start);
  const discounts = await discountIds(transaction, sent);
  const flat = sent.flatMap(({ items }, phase) => items.map((item, index) => ({ item, phase, index })));
  const pathOf = (index: number) => {
    const place = flat[index];
    return ["phases", String(place?.phase), "items", String(place?.index)];
  };
  const offers = await requireOffers(
    transaction,
    flat.map(({ item }) => item),
    pathOf,
  );
  refuseUnlike(offers, flat, currency, pathOf);
  const rated = offers.map(({ price }, index) => ({
    price,
    quantity: flat[index]?.item.quantity ?? 1,
    unitAmount: null,
  }));
  refuseBeyond(rated, (index) => [...pathOf(index), "quantity"]);
  // A phase cannot say what the customer chose: the price has to suggest it.
  refuseUnfitAmounts(offers, [], (index) => [
    ...pathOf(index),
    flat[index]?.item.price ? "price" : "product",
  ]);
  return sent.map((phase, index) => {
    const id = newId();
    const own = flat.flatMap((one, at) => (one.phase === index ? [{ ...one, offer: offers[at] }] : []));
    return {
      environmentId,
      id,
      scheduleId,
      position: position + index,
      startsAt: spans[index]?.startsAt ?? start,
      endsAt: spans[index]?.endsAt ?? null,
      prorationMode: phase.prorationMode ?? "IMMEDIATE",
      collectionMethod: phase.collectionMethod ?? null,
      discountId: discounts[index] ?? null,
      trialEnd: phase.trialEnd ?? null,
      metadata: newMetadata(phase.metadata as Metadata),
      items: own.map(({ item, index: at, offer }) => ({
        environmentId,
        id: newId(),
        phaseId: id,
        position: at + 1,
        priceId: offer?.price.id ?? "",
        quantity: item.quantity ?? new Prisma.Decimal(1),
      })),
    };
  });
}

/** All phases share a currency, and the items of each an interval. */
function refuseUnlike(
  offers: readonly Offer[],
  flat: readonly { readonly phase: number; readonly index: number }[],
  currency: string | null,
  pathOf: (index: number) => readonly string[],
): void {
  const common = currency ?? offers[0]?.price.currency ?? "";
  for (const [index, offer] of offers.entries()) {
    const first = flat.findIndex(({ phase }) => phase === flat[index]?.phase);
    const { interval, intervalCount } = offers[first]?.price ?? offer.price;
    refuseMixed({ currency: common, interval, intervalCount }, [offer], () => pathOf(index));
  }
}

async function discountIds(
  { query, environmentId }: Transaction,
  sent: readonly PhaseInput[],
): Promise<(string | null)[]> {
  const codes = sent.flatMap(({ discountCode }) => discountCode?.toUpperCase() ?? []);
  const rows = codes.length
    ? await query<{ id: string; code: string }>(Prisma.sql`
        SELECT d.id, d.code FROM discounts d
        WHERE d.environment_id = ${environmentId}::uuid AND d.code = ANY(${codes}) AND d.active`)
    : [];
  const idOf = new Map(rows.map(({ id, code }) => [code, id]));
  return sent.map(({ discountCode }, index) => {
    if (discountCode == null) return null;
    const id = idOf.get(discountCode.toUpperCase());
    return (
      id ??
      refuse("NOT_FOUND", "There is no active discount with this code.", [
        "phases",
        String(index),
        "discountCode",
      ])
    );
  });
}

/** Stores phases with their items. Two statements. */
export async function insertPhases(transaction: Transaction, phases: readonly Phase[]): Promise<void> {
  await insertRows(
    transaction,
    "SubscriptionPhase",
    phases.map(({ items: _, ...row }): Row<"SubscriptionPhase"> => row),
  );
  await insertRows(
    transaction,
    "SubscriptionPhaseItem",
    phases.flatMap(({ items }) => items),
  );
}
