import { z } from "zod";
import { objectEvent } from "../../db/changes.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { insertRows } from "../../db/writes.ts";
import { newId } from "../../kit/ids.ts";
import { newMetadata, metadataInput } from "../../kit/metadata.ts";
import { Refusal, type Fault, refuse } from "../../kit/refusal.ts";
import { checked, readable, text } from "../../kit/validate.ts";
import { customerReference, lockCustomers, requireCustomerId } from "../customers/index.ts";
import { stored } from "../../db/decimals.ts";
import type { WalletRow } from "./book.ts";
import { creditAmount, priority } from "./fields.ts";

const createInput = z.strictObject({
  customer: customerReference,
  name: text(255),
  unit: z.enum(["CURRENCY", "CREDITS"]),
  currency: readable(z.string("must be a currency")).nullish(),
  creditValue: creditAmount.nullish(),
  pays: z.enum(["NOTHING", "USAGE", "EVERYTHING"]).nullish(),
  priority: priority.nullish(),
  metadata: metadataInput.nullish(),
});

type CreateInput = z.infer<typeof createInput>;

/** Makes a wallet for an active customer. It holds nothing as yet. */
export async function createWallet(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<{ wallet: WalletRow }> {
  const input = checked(createInput, sent);
  const faults = faultsOf(input);
  if (faults.length) throw new Refusal(faults);
  return transact(host, writer, async (transaction) => {
    const { environmentId } = transaction;
    const id = await requireCustomerId(transaction, environmentId, input.customer, ["customer"]);
    await lockActiveCustomer(transaction, id);
    const wallet = newWallet(transaction, id, input);
    await insertRows(transaction, "Wallet", [wallet]);
    transaction.emit(objectEvent("wallet.created", wallet));
    return { wallet };
  });
}

/** Locks a customer until the transaction ends; refuses one that is archived. */
export async function lockActiveCustomer(
  transaction: Transaction,
  id: string,
  path: readonly string[] = ["customer"],
): Promise<void> {
  const customer = (await lockCustomers(transaction, [id])).get(id);
  if (!customer) refuse("NOT_FOUND", "There is no such customer.", path);
  if (customer.status === "ARCHIVED") {
    refuse("ILLEGAL_STATE", "The customer is archived. Restore it first.", path);
  }
}

function faultsOf({ unit, currency, creditValue, pays }: CreateInput): Fault[] {
  const faults: Fault[] = [];
  const add = (code: Fault["code"], field: string, message: string): void => {
    faults.push({ code, message, path: [field] });
  };
  if (unit === "CURRENCY") {
    if (currency == null) add("REQUIRED", "currency", "A wallet that holds money needs a currency.");
    if (creditValue != null) {
      add("INVALID", "creditValue", "A wallet that holds money has no credits to value: leave it out.");
    }
    return faults;
  }
  if (currency != null && creditValue == null) {
    add("REQUIRED", "creditValue", "Credits that pay invoices need a value in the currency.");
  }
  if (currency == null && creditValue != null) {
    add("REQUIRED", "currency", "The value of a credit needs a currency.");
  }
  if (currency == null && pays != null && pays !== "NOTHING") {
    add(
      "INVALID",
      "pays",
      "Credits without a value pay no invoices: give a currency and a value, or leave it out.",
    );
  }
  return faults;
}

function newWallet({ environmentId, now }: Transaction, customerId: string, sent: CreateInput): WalletRow {
  const nothing = stored(0);
  return {
    environmentId,
    id: newId(),
    customerId,
    name: sent.name,
    unit: sent.unit,
    currency: sent.currency ?? null,
    creditValue: sent.creditValue == null ? null : stored(sent.creditValue),
    pays: sent.pays ?? (sent.currency == null ? "NOTHING" : "USAGE"),
    priority: sent.priority ?? 50,
    status: "ACTIVE",
    balance: nothing,
    granted: nothing,
    purchased: nothing,
    consumed: nothing,
    invoiced: nothing,
    expired: nothing,
    revoked: nothing,
    metadata: newMetadata(sent.metadata),
    version: 1,
    closedAt: null,
    createdAt: now,
    updatedAt: now,
  };
}
