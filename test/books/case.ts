import { type Instant, day, iso, short } from "./calendar.ts";
import { type PriceKey, priceOf } from "./catalog.ts";
import { Fault } from "./fault.ts";
import { type Invoice, type Ledger, ledgerOf } from "./ledger.ts";
import type { Beginning, Payments } from "./operations.ts";
import { preview, previewIsWhatHappens } from "./rules/preview.ts";
import type { UsageEvent } from "./owed-usage.ts";
import type { Shop } from "./shop.ts";
import { Simulation } from "./simulation.ts";
import type { Status } from "./states.ts";
import type { Terms } from "./terms.ts";

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

let customers = 0;

/** One customer with one subscription, in the product and in the model. */
export class Case {
  readonly shop: Shop;
  readonly model: Simulation;
  readonly customerId: string;
  readonly clockId: string;
  readonly subscriptionId: string;
  readonly walletId: string | null;
  ledger: Ledger;
  /** The invoices that were drafts and are deleted. */
  readonly deleted: Invoice[] = [];
  /** Invoices of a first period that never began, which others have replaced. */
  readonly replaced = new Set<string>();
  /** Invoices that were written off at some time, whatever they are by now. */
  readonly writtenOff = new Set<string>();
  readonly events: UsageEvent[] = [];
  /** Since when a late event may wait for an invoice; null for not. */
  lateSince: Instant | null = null;
  /** Whether anything was put off to the next invoice so far. */
  putOff = false;
  /** What was void before the last mutation. */
  voidBefore: ReadonlySet<string> = new Set();
  /** How often what was billed was held against what is owed. */
  checked = 0;
  payments: Payments;
  readonly sent: boolean;
  readonly log: string[] = [];

  private constructor(made: {
    shop: Shop;
    model: Simulation;
    ids: { customerId: string; clockId: string; subscriptionId: string; walletId: string | null };
    ledger: Ledger;
    beginning: Beginning;
  }) {
    this.shop = made.shop;
    this.model = made.model;
    this.customerId = made.ids.customerId;
    this.clockId = made.ids.clockId;
    this.subscriptionId = made.ids.subscriptionId;
    this.walletId = made.ids.walletId;
    this.ledger = made.ledger;
    this.payments = made.beginning.payments ?? "succeed";
    this.sent = made.beginning.sent ?? false;
  }

  /** Opens the books of a new customer; null where the product refuses the subscription. */
  static async open(shop: Shop, beginning: Beginning): Promise<Case | null> {
    const { now, startsIn = 0, trialDays = 0, endsIn, maxCycles, anchorDay, discount } = beginning;
    const { testClock } = await shop.mutate("createTestClock", { now: iso(now) }, "testClock { id }");
    const { customer } = await shop.mutate(
      "createCustomer",
      {
        email: `customer${(customers += 1)}@example.org`,
        testClockId: testClock.id,
        metadata: { sandbox_payment: beginning.payments ?? "succeed" },
      },
      "customer { id }",
    );
    const walletId = beginning.wallet ? await openWallet(shop, customer.id, beginning.wallet) : null;
    const start = now + startsIn * day;
    const trialEnd = trialDays ? start + trialDays * day : null;
    const endsOn = endsIn === undefined ? null : (trialEnd ?? start) + endsIn * day;
    const payload = await shop.mutate(
      "createSubscription",
      {
        customer: { id: customer.id },
        items: beginning.items.map(itemInput),
        ...(startsIn && { startDate: iso(start) }),
        trialDays,
        ...(anchorDay && { billingAnchorDay: anchorDay }),
        ...(endsOn && { billingEndsOn: iso(endsOn) }),
        ...(maxCycles && { billingMaxCycles: maxCycles }),
        ...(discount && { discountCode: discount }),
        ...(beginning.taxes && { taxRateIds: beginning.taxes.map((key) => shop.taxIds.get(key)) }),
        ...(beginning.sent && { collectionMethod: "SEND_INVOICE" }),
      },
      "subscription { id customer { ...Ledger } }",
    );
    if (!payload.subscription) return null;
    const ledger = ledgerOf(payload.subscription.customer);
    const itemIds = ledger.subscription?.itemIds ?? [];
    const model = new Simulation({
      now,
      start,
      trialEnd,
      anchorDay: anchorDay ?? null,
      endsOn,
      maxCycles: maxCycles ?? null,
      discount: discount ?? null,
      items: beginning.items.map((terms, index) => ({ id: itemIds[index] ?? "", terms })),
    });
    const ids = {
      customerId: customer.id as string,
      clockId: testClock.id as string,
      subscriptionId: payload.subscription.id as string,
      walletId,
    };
    return new Case({ shop, model, ids, ledger, beginning });
  }

  get now(): Instant {
    return this.model.now;
  }

  get status(): Status {
    return (this.ledger.subscription?.status ?? "CANCELED") as Status;
  }

  /** Takes over the books that an answer tells. */
  read(customer: unknown): void {
    this.ledger = ledgerOf(customer);
  }

  note(text: string): void {
    this.log.push(`${short(this.now)} ${text}`);
  }

  /** Runs a mutation. Refused: its errors. Carried out: its payload, with the books read again. */
  async mutate(
    name: string,
    input: object,
    customerAt: string,
    others = "",
  ): Promise<{ readonly payload: any; readonly refused: string | null }> {
    const [object = "", ...path] = customerAt.split(".").filter(Boolean);
    const nested = path.reduceRight((inner, field) => `${field} { ${inner} }`, "...Ledger");
    const fields = object ? `${object} { ${nested} }` : `__typename ${others}`;
    this.voidBefore = new Set(
      this.ledger.invoices.flatMap(({ id, status }) => (status === "VOID" ? id : [])),
    );
    const payload = await this.shop.mutate(name, input, fields);
    const refused = payload.userErrors.length
      ? payload.userErrors.map(({ message }: any) => message).join("; ")
      : null;
    this.note(`${name} ${JSON.stringify(input)}${refused ? ` REFUSED: ${refused}` : ""}`);
    let customer = payload[object];
    for (const field of path) customer = customer?.[field];
    if (customer?.nodes) [customer] = customer.nodes;
    const before = this.ledger;
    this.ledger = customer && !refused ? ledgerOf(customer) : await this.shop.readLedger(this.customerId);
    if (refused && asText(before) !== asText(this.ledger)) {
      throw new Fault("refused-changes-nothing", `${name} was refused, and the books are others now`);
    }
    return { payload, refused };
  }

  /** Runs a mutation on the subscription; whether it was carried out. */
  async operate(name: string, input: object = {}): Promise<boolean> {
    const sent = { subscriptionId: this.subscriptionId, ...input };
    const told = await preview(this, name, sent);
    const before = new Set(this.ledger.invoices.map(({ id }) => id));
    const { refused } = await this.mutate(name, sent, "subscription.customer");
    if (told) previewIsWhatHappens(this, told, { name, refused, before });
    return refused === null;
  }
}

async function openWallet(
  shop: Shop,
  customerId: string,
  { amount, pays }: NonNullable<Beginning["wallet"]>,
): Promise<string> {
  const input = { customer: { id: customerId }, name: "Prepaid", unit: "CURRENCY", currency: "USD", pays };
  const { wallet, userErrors } = await shop.mutate("createWallet", input, "wallet { id }");
  if (!wallet) throw new Error(`createWallet: ${JSON.stringify(userErrors)}`);
  await shop.mutate("grantCredits", { wallet: { id: wallet.id }, amount: String(amount) }, "grant { id }");
  return wallet.id;
}

const asText = (ledger: Ledger): string =>
  JSON.stringify(ledger, (_, value) => (typeof value === "bigint" ? String(value) : value));

export function itemInput({ price, quantity, chosen }: Terms): object {
  return {
    price: priceInput(price),
    quantity: String(quantity),
    ...(chosen && { unitAmount: String(chosen) }),
  };
}

export const priceInput = (key: PriceKey): object => ({ lookupKey: key });

export const isMetered = (key: PriceKey): boolean => priceOf(key).metered ?? false;
