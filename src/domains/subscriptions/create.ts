import { z } from "zod";
import type { Row } from "../../db/datamodel.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { insertRows } from "../../db/writes.ts";
import { refuse } from "../../kit/refusal.ts";
import { checked } from "../../kit/validate.ts";
import { nowFor } from "../clocks/index.ts";
import { customerReference, lockCustomers, requireCustomerId } from "../customers/index.ts";
import { createInvoices } from "../invoices/index.ts";
import { refuseBeyond } from "./beyond.ts";
import { collectAtOnce } from "./collect-at-once.ts";
import { type CreateFields, createFields } from "./create-fields.ts";
import { subscriptionEvent } from "./events.ts";
import { billFirstPeriod } from "./first-period.ts";
import { countCycle } from "./held-discounts.ts";
import { refuseMixed } from "./mixed.ts";
import { planCreate } from "./plan-create.ts";
import { type Offer, refuseUnfitAmounts, requireOffers } from "./prices.ts";
import { redeem, redemptionsOf, requireRedeemable } from "../discounts/index.ts";
import { type ItemState, type Subscription, type SubscriptionState, itemRow } from "./state.ts";
import { linkTaxRates, requireTaxRates } from "./tax-rates.ts";
import { readBasis } from "./basis.ts";

const createInput = z.strictObject({ ...createFields, customer: customerReference });

/** A new subscription, and the invoice of its first period; null when nothing is to be paid yet. */
export interface Created {
  readonly subscription: Subscription;
  readonly items: readonly ItemState[];
  readonly invoice: Row<"Invoice"> | null;
}

/**
 * Creates a subscription of an active customer, and in the same transaction the invoice of its first period: now, unless its
 * start is yet to come or a trial comes first.
 */
export async function createSubscription(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<Created> {
  const { customer: reference, ...fields } = checked(createInput, sent);
  if (fields.trialDays != null && fields.trialEnd) {
    refuse("INVALID", "Give either trialDays or trialEnd.", ["trialEnd"]);
  }
  return transact(host, writer, async (transaction) => {
    const id = await requireCustomerId(transaction, transaction.environmentId, reference, ["customer"]);
    return startSubscription(transaction, { customerId: id, fields, path: [] });
  });
}

/** What a subscription is created with in a transaction that is open. */
export interface Start {
  readonly customerId: string;
  readonly fields: CreateFields;
  /** Leads to the fields in the input. */
  readonly path: readonly string[];
  /** What time it is for the customer; looked up unless given. */
  readonly now?: Date | undefined;
  /** Whether its prices were agreed before, so that they need not be for sale any more. */
  readonly agreed?: boolean | undefined;
}

/** Creates a subscription within a transaction that is open. */
export async function startSubscription(
  transaction: Transaction,
  { customerId, fields, path, now: given, agreed }: Start,
): Promise<Created> {
  const { environmentId } = transaction;
  const customer = (await lockCustomers(transaction, [customerId])).get(customerId);
  if (!customer) refuse("NOT_FOUND", "There is no such customer.", ["customer"]);
  if (customer.status === "ARCHIVED") {
    refuse("ILLEGAL_STATE", "The customer is archived. Restore it first.", ["customer"]);
  }
  const now = given ?? (await nowFor(transaction, [customerId])).get(customerId) ?? transaction.now;
  const pathOf = (index: number) => [...path, "items", String(index)];
  const named = await requireOffers(transaction, fields.items, pathOf, agreed);
  const offers = named as [Offer, ...Offer[]];
  if (!agreed) refuseUnfitAmounts(offers, fields.items, (index) => [...pathOf(index), "unitAmount"]);
  refuseMixed(offers[0].price, offers, pathOf);
  const { subscription, items } = planCreate({ environmentId, customer, fields, offers, now });
  if (!agreed) refuseBeyond(items, (index) => [...pathOf(index), "quantity"]);
  const taxRates = await requireTaxRates(transaction, fields.taxRateIds ?? [], [...path, "taxRateIds"]);
  const productIds = offers.map(({ product }) => product.id);
  const { currency } = subscription;
  const redeemable = await requireRedeemable(
    transaction,
    fields.discountCode == null ? [] : [{ code: fields.discountCode, path: [...path, "discountCode"] }],
    { customerId, currency, productIds, for: "SUBSCRIPTION", now },
  );
  const basis = await readBasis(transaction, subscription.timezone);
  await insertRows(transaction, "BillingSubscription", [subscription]);
  await insertRows(transaction, "SubscriptionItem", items.map(itemRow));
  await linkTaxRates(transaction, subscription.id, taxRates);
  const discounts = redemptionsOf(transaction, redeemable, {
    customerId,
    subscriptionId: subscription.id,
    now,
  });
  await redeem(transaction, discounts);
  const state: SubscriptionState = { subscription, items, taxRates, discounts };
  transaction.emit(subscriptionEvent("subscription.created", state));
  const begun = (): void => {
    if (subscription.status === "ACTIVE")
      transaction.emit(subscriptionEvent("subscription.activated", state));
  };
  const draft = subscription.status === "ACTIVE" ? billFirstPeriod(state, basis, now) : null;
  const [made] = await createInvoices(transaction, draft ? [draft] : []);
  if (!made) {
    begun();
    return { subscription, items, invoice: null };
  }
  await countCycle(
    transaction,
    state.discounts.map((discount) => ({ discount, now, start: subscription.currentPeriodStart })),
  );
  const { invoice } = made;
  const collected = await collectAtOnce(transaction, { subscription, items, invoice, first: true, now });
  if (collected.subscription.status === "ACTIVE") begun();
  return { items, ...collected };
}
