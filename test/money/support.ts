import { expect } from "vitest";
import type { Row } from "../../src/db/datamodel.ts";
import type { TestApi } from "../kit/api.ts";
import { type MeteredShop, openMeteredShop } from "../usage/metered.ts";
import { documents } from "./documents.ts";

/** An invoice, as far as money goes. */
export interface Invoice {
  readonly id: string;
  readonly status: string;
  readonly number: string | null;
  readonly billingReason: string;
  readonly total: { readonly amount: number };
  readonly amountDue: { readonly amount: number };
  readonly period: { readonly start: string; readonly end: string } | null;
  readonly subscription: { readonly id: string } | null;
  readonly lines: { readonly nodes: readonly { readonly id: string }[] };
  readonly payments: {
    readonly nodes: readonly { readonly kind: "PAYMENT" | "REFUND"; readonly amount: { amount: number } }[];
  };
}

/** Where the money of the customer is. Nothing of it says how many invoices or lines there are. */
export interface Books {
  /** What came in, less what was paid back. */
  readonly paid: number;
  /** What is due on invoices that somebody is asked to pay: no drafts, none that are void or written off. */
  readonly owes: number;
  /** What the customer has to its credit. */
  readonly balance: number;
  /** What is left in all of its wallets. */
  readonly wallet: number;
}

/** A subscription, as far as time goes. */
export interface Subscription {
  readonly id: string;
  readonly status: string;
  readonly version: number;
  readonly currentPeriod: { readonly start: string; readonly end: string };
  readonly pauseAtPeriodEnd: boolean;
  readonly resumesAt: string | null;
  readonly items: { readonly nodes: readonly { readonly id: string }[] };
}

type Input = Readonly<Record<string, unknown>>;

/** An instant: a day of 2026 such as `06-11`, with a time or without, or one of another year such as `2027-01-01`. */
export function on(at: string): string {
  const [date = "", time = "00:00:00.000Z"] = at.split("T");
  return `${date.length === 5 ? `2026-${date}` : date}T${time}`;
}

/** A merchant with one customer, who sees what everything costs that customer. */
export interface MoneyShop extends MeteredShop {
  /** A monthly price in USD, in advance unless said. */
  price(unitAmount: number, values?: Partial<Row<"Price">>): Promise<string>;
  /** Sells items of one price each, or prices with quantities, and gives the subscription's id. */
  sell(
    items: readonly (string | readonly [priceId: string, quantity: number])[],
    input?: Input,
  ): Promise<string>;
  /** Lets time go by up to an instant, with all that falls due. It has to arrive there. */
  goTo(at: string): Promise<void>;
  /** Runs a mutation that must succeed, and gives its payload. */
  done(name: string, input: Input): Promise<any>;
  /** Runs a mutation that must be refused, and gives the codes. An error of the server fails the test. */
  refused(name: string, input: Input): Promise<string[]>;
  /** Runs a mutation that may be refused. An error of the server fails the test. */
  attempt(name: string, input: Input): Promise<void>;
  /** Runs a mutation about a subscription that must succeed. */
  act(
    name: string,
    subscriptionId: string,
    input?: Input,
  ): Promise<{ subscription: Subscription; invoice: Invoice | null }>;
  state(subscriptionId: string): Promise<Subscription>;
  /** All invoices of the customer, oldest first. */
  all(): Promise<Invoice[]>;
  /** Invoices that ask for money, oldest first. */
  open(): Promise<Invoice[]>;
  books(): Promise<Books>;
  /** What all of it costs the customer: what is paid and owed, less what it has to its credit. */
  costs(): Promise<number>;
  /** What all of it has cost at each of these instants, as time goes by. */
  costsAt(...instants: readonly string[]): Promise<number[]>;
  /** A discount that any subscription can redeem; 50 per cent for ever unless said. */
  discount(code: string, input?: Input): Promise<string>;
  /** A rate of tax of so many per cent. */
  taxRate(percentage: number): Promise<string>;
  /** A wallet with credit that was given for nothing, which pays all lines. */
  wallet(amount: number): Promise<string>;
  /** What the customer's means of payment does from now on. */
  cardWill(behavior: "succeed" | "decline"): Promise<void>;
  pay(invoiceId: string, amount?: number): Promise<void>;
  refund(invoiceId: string, amount?: number): Promise<void>;
  void(invoiceId: string): Promise<void>;
  writeOff(invoiceId: string): Promise<void>;
  remove(invoiceId: string): Promise<void>;
  /** A credit note to the balance, unless said. */
  note(invoiceId: string, input: Input): Promise<number>;
}

const owing = new Set(["FINALIZED", "APPROVED", "SENT", "PARTIALLY_PAID", "OVERDUE"]);

/** Opens a shop whose customer lives at the first of June 2026, unless said. */
export async function openMoneyShop(api: TestApi, now = "06-01"): Promise<MoneyShop> {
  const shop = await openMeteredShop(api);
  await shop.setNow(on(now));
  const { customerId, read } = shop;
  const run = async (name: string, input: Input): Promise<any> =>
    (await read(documents(name), { input }))[name];
  const done: MoneyShop["done"] = async (name, input) => {
    const { userErrors, ...payload } = await run(name, input);
    if (userErrors.length) throw new Error(`${name} was refused: ${JSON.stringify(userErrors)}`);
    return payload;
  };
  const act: MoneyShop["act"] = (name, subscriptionId, input = {}) =>
    done(name, { subscriptionId, ...input });
  const customer = async (): Promise<any> => (await read(documents("customer"), { id: customerId })).customer;
  const all: MoneyShop["all"] = async () => (await customer()).invoices.nodes;
  const books: MoneyShop["books"] = async () => {
    const { invoices, balances, wallets } = await customer();
    return booksOf(invoices.nodes, balances, wallets.nodes);
  };
  const about = (name: string) => async (id: string, amount?: number) =>
    void (await done(name, { invoice: { id }, ...(amount !== undefined && { amount }) }));
  const costs = async (): Promise<number> => {
    const { paid, owes, balance } = await books();
    return paid + owes - balance;
  };
  return {
    ...shop,
    price: (unitAmount, values = {}) =>
      shop.newPrice({ unitAmount: String(unitAmount) as never, ...values }, { name: `Plan ${unitAmount}` }),
    sell: async (items, input = {}) => {
      const wanted = items.map((item) => (typeof item === "string" ? ([item, 1] as const) : item));
      const { id } = await shop.subscribe({
        items: wanted.map(([priceId, quantity]) => ({ price: { id: priceId }, quantity: String(quantity) })),
        ...input,
      });
      return id;
    },
    goTo: (at) => shop.advanceTo(on(at)),
    done,
    refused: async (name, input) => {
      const { userErrors } = await run(name, input);
      expect(userErrors, `${name} has to be refused`).not.toEqual([]);
      return userErrors.map(({ code }: { code: string }) => code);
    },
    attempt: async (name, input) => void (await run(name, input)),
    act,
    state: async (id) => (await read(documents("subscription"), { id })).subscription,
    all,
    open: async () =>
      (await all()).filter(({ status, amountDue }) => owing.has(status) && amountDue.amount > 0),
    books,
    costs,
    costsAt: async (...instants) => {
      const found: number[] = [];
      for (const instant of instants) {
        // oxlint-disable-next-line no-await-in-loop
        await shop.advanceTo(on(instant));
        // oxlint-disable-next-line no-await-in-loop
        found.push(await costs());
      }
      return found;
    },
    discount: async (code, input = {}) =>
      (await done("createDiscount", { code, type: "PERCENTAGE", value: "50", duration: "FOREVER", ...input }))
        .discount.code,
    taxRate: (percentage) =>
      shop.insert("TaxRate", { name: `VAT ${percentage}`, percentage: String(percentage) as never }),
    wallet: async (amount) => {
      const terms = { customer: { id: customerId }, name: "Gift", unit: "CURRENCY", currency: "USD" };
      const { wallet } = await done("createWallet", { ...terms, pays: "EVERYTHING" });
      await done("grantCredits", { wallet: { id: wallet.id }, amount: String(amount) });
      return wallet.id;
    },
    cardWill: async (behavior) =>
      void (await done("updateCustomer", {
        customer: { id: customerId },
        metadata: { sandbox_payment: behavior },
      })),
    pay: async (id, amount) =>
      void (await done("payInvoice", {
        invoice: { id },
        method: "bank_transfer",
        ...(amount !== undefined && { amount }),
      })),
    refund: about("refundInvoice"),
    void: about("voidInvoice"),
    writeOff: about("markInvoiceUncollectible"),
    remove: about("deleteInvoice"),
    note: async (id, input) => {
      const { creditNote } = await done("createCreditNote", {
        invoice: { id },
        creditMethod: "CUSTOMER_BALANCE",
        ...input,
      });
      return creditNote.amount.amount;
    },
  };
}

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

function booksOf(
  invoices: readonly Invoice[],
  balances: readonly { readonly amount: number }[],
  wallets: readonly { readonly balance: string }[],
): Books {
  const moves = invoices.flatMap(({ payments }) => payments.nodes);
  return {
    paid: sum(moves.map(({ kind, amount }) => (kind === "PAYMENT" ? amount.amount : -amount.amount))),
    owes: sum(invoices.filter(({ status }) => owing.has(status)).map(({ amountDue }) => amountDue.amount)),
    balance: sum(balances.map(({ amount }) => amount)),
    wallet: sum(wallets.map(({ balance }) => Number(balance))),
  };
}
