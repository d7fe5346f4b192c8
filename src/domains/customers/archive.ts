import { refuse } from "../../kit/refusal.ts";
import { readByIds } from "../../db/reads.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { hasLiveSubscription } from "../subscriptions/index.ts";
import { reclaimExternalIds, releaseExternalIds, releasedExternalIds } from "./external-ids.ts";
import { requireCustomerId } from "./find.ts";
import { lockCustomers, lockIdentities, resolveIdentities } from "./identities.ts";
import type { CustomerRow } from "./merge.ts";
import { nextVersion, noChanges, writeChanges } from "./write.ts";

/** A customer after a change of its status, and what the caller should know of it. */
export interface StatusResult {
  readonly customer: CustomerRow;
  readonly warnings: readonly string[];
}

/**
 * Archives a customer: it can still be read, but not billed or changed, and its e-mail address and external ids are free
 * for others. Refused while it has a subscription that has not ended. Doing it twice is the same as once.
 */
export async function archiveCustomer(
  host: TransactionHost,
  writer: Writer,
  input: { readonly customer: unknown },
): Promise<StatusResult> {
  return transact(host, writer, async (transaction) => {
    const id = await requireArchivable(transaction, input.customer);
    const before = await lockCustomer(transaction, id);
    if (before.status === "ARCHIVED") return { customer: before, warnings: [] };
    if (await hasLiveSubscription(transaction, before.id)) {
      const message = "The customer has subscriptions, or schedules, that have not ended. Cancel them first.";
      refuse("ILLEGAL_STATE", message, ["customer"]);
    }
    await releaseExternalIds(transaction, before.id);
    const customer = nextVersion(transaction, before, { status: "ARCHIVED", archivedAt: transaction.now });
    await writeChanges(transaction, { ...noChanges(), updated: [{ before, after: customer }] });
    return { customer, warnings: [] };
  });
}

/**
 * Makes an archived customer active again, with the external ids that it had. Refused while another active customer has
 * its e-mail address; external ids that others have by now stay with them, and a warning names each.
 */
export async function restoreCustomer(
  host: TransactionHost,
  writer: Writer,
  input: { readonly customer: unknown },
): Promise<StatusResult> {
  return transact(host, writer, async (transaction) => {
    const id = await requireArchivable(transaction, input.customer);
    // An archived customer's e-mail address cannot change, so it may be read before it is locked.
    const [seen] = await readByIds(transaction, transaction.environmentId, "Customer", [id]);
    const email = { source: null, externalId: null, email: seen?.email ?? null, updatedAt: null };
    const released = await releasedExternalIds(transaction, id);
    await lockIdentities(transaction, [
      email,
      ...released.map((one) => ({ ...one, email: null, updatedAt: null })),
    ]);
    const before = await lockCustomer(transaction, id);
    if (before.status === "ACTIVE") return { customer: before, warnings: [] };
    const [resolved] = await resolveIdentities(transaction, [email]);
    if (resolved?.emailOwner) {
      refuse("EMAIL_TAKEN", `Another active customer has the e-mail address ${before.email}.`, ["customer"]);
    }
    const customer = nextVersion(transaction, before, { status: "ACTIVE", archivedAt: null });
    await writeChanges(transaction, { ...noChanges(), updated: [{ before, after: customer }] });
    const lost = await reclaimExternalIds(transaction, id, before.archivedAt);
    const warnings = lost.map(
      ({ source, externalId }) => `${source} ${externalId} belongs to another customer now.`,
    );
    return { customer, warnings };
  });
}

function requireArchivable(transaction: Transaction, customer: unknown): Promise<string> {
  return requireCustomerId(transaction, transaction.environmentId, customer, ["customer"], {
    archived: true,
  });
}

async function lockCustomer(transaction: Transaction, id: string): Promise<CustomerRow> {
  const customer = (await lockCustomers(transaction, [id])).get(id);
  return customer ?? refuse("NOT_FOUND", "There is no such customer.", ["customer"]);
}
