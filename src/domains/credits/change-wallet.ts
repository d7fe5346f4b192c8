import { z } from "zod";
import { changeEvent, changedValues, nextVersion } from "../../db/changes.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { toRecords } from "../../db/writes.ts";
import { changedMetadata, metadataInput } from "../../kit/metadata.ts";
import { refuse } from "../../kit/refusal.ts";
import { checked, clearable, text } from "../../kit/validate.ts";
import { checkVersion, expectedVersion } from "../../kit/versions.ts";
import { type WalletRow, grantsOf } from "./book.ts";
import { priority } from "./fields.ts";
import { openWallet, requireActive, walletReference } from "./find.ts";
import { voidGrants } from "./void-grant.ts";
import { writeBook } from "./write-book.ts";

export interface WalletChange {
  readonly wallet: WalletRow;
  /** Whether anything of it is different now. */
  readonly changed: boolean;
}

const updateInput = z.strictObject({
  wallet: walletReference,
  name: text(255).optional(),
  pays: z.enum(["NOTHING", "USAGE", "EVERYTHING"]).optional(),
  priority: priority.optional(),
  metadata: metadataInput.nullish(),
  replaceMetadata: z.boolean().nullish(),
  expectedVersion,
});

/** Changes how a wallet is called, what it pays, and its place among others. */
export async function updateWallet(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<WalletChange> {
  const input = checked(updateInput, sent);
  return transact(host, writer, async (transaction) => {
    const { book, wallet: before } = await openWallet(transaction, input.wallet);
    checkVersion("wallet", before.version, input.expectedVersion);
    requireActive(before);
    const pays = input.pays ?? before.pays;
    if (before.currency === null && pays !== "NOTHING") {
      refuse("INVALID", "Credits without a value pay no invoices.", ["pays"]);
    }
    const values = {
      ...before,
      name: input.name ?? before.name,
      pays,
      priority: input.priority ?? before.priority,
      metadata: changedMetadata(before.metadata, input.metadata, { replace: input.replaceMetadata }),
    };
    await writeBook(transaction, book);
    const settled = await readSums(transaction, before);
    if (!changedValues(before, values)) return { wallet: settled, changed: false };
    const { name, priority: place, metadata } = values;
    const changes = { name, pays, priority: place, metadata };
    return { wallet: await saveWallet(transaction, settled, changes, "wallet.updated"), changed: true };
  });
}

const closeInput = z.strictObject({ wallet: walletReference, reason: clearable(text(500)), expectedVersion });

/** Closes a wallet for good: what is left in it is revoked. Twice is the same as once. */
export async function closeWallet(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<WalletChange> {
  const input = checked(closeInput, sent);
  return transact(host, writer, async (transaction) => {
    const { book, wallet, now } = await openWallet(transaction, input.wallet);
    checkVersion("wallet", wallet.version, input.expectedVersion);
    if (wallet.status === "CLOSED") return { wallet, changed: false };
    await requireNothingPending(transaction, wallet);
    const live = grantsOf(book, wallet.id).filter(
      ({ status }) => status === "ACTIVE" || status === "SCHEDULED",
    );
    voidGrants(book, live, { reason: input.reason ?? null, now });
    await writeBook(transaction, book);
    const emptied = book.wallets.get(wallet.id) ?? wallet;
    const closed = await readSums(transaction, emptied);
    const values: Partial<WalletRow> = { status: "CLOSED", closedAt: now };
    return { wallet: await saveWallet(transaction, closed, values, "wallet.closed"), changed: true };
  });
}

/** What is paid for has to have somewhere to go. */
async function requireNothingPending(
  { environmentId, query }: Transaction,
  wallet: WalletRow,
): Promise<void> {
  const [pending] = await query(Prisma.sql`
    SELECT 1 FROM credit_purchases p
    WHERE p.environment_id = ${environmentId}::uuid AND p.wallet_id = ${wallet.id}::uuid AND p.status = 'PENDING' LIMIT 1`);
  if (!pending) return;
  refuse("ILLEGAL_STATE", "Credit for the wallet is still to be paid for. Void its invoice first.", [
    "wallet",
  ]);
}

/** The wallet with the sums that the database has made of its postings. */
async function readSums({ environmentId, query }: Transaction, wallet: WalletRow): Promise<WalletRow> {
  const [sums] = await query<Partial<WalletRow>>(Prisma.sql`
    SELECT w.balance, w.granted, w.purchased, w.consumed, w.invoiced, w.expired, w.revoked FROM wallets w
    WHERE w.environment_id = ${environmentId}::uuid AND w.id = ${wallet.id}::uuid`);
  return { ...wallet, ...sums };
}

/** Writes a wallet that is open, and tells of it; its balance is not touched. */
async function saveWallet(
  transaction: Transaction,
  before: WalletRow,
  values: Partial<WalletRow>,
  event: string,
): Promise<WalletRow> {
  const after = nextVersion(transaction, before, values);
  await transaction.query(Prisma.sql`
    UPDATE wallets t SET name = n.name, pays = n.pays, priority = n.priority, status = n.status, closed_at = n.closed_at,
      metadata = n.metadata, version = n.version, updated_at = n.updated_at
    FROM jsonb_populate_recordset(NULL::wallets, ${toRecords("Wallet", [after])}::jsonb) n
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.id = n.id`);
  transaction.emit(changeEvent(event, { before, after }));
  return after;
}
