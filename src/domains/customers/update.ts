import { z } from "zod";
import { changedValues } from "../../db/changes.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { metadataFaults } from "../../kit/metadata.ts";
import { Refusal, refuse } from "../../kit/refusal.ts";
import { checked } from "../../kit/validate.ts";
import { checkVersion, expectedVersion } from "../../kit/versions.ts";
import { knownClocks, noSuchClock } from "../clocks/index.ts";
import { hasLiveSubscription } from "../subscriptions/index.ts";
import { liveExternalId, setExternalId } from "./external-ids.ts";
import { customerFields, externalReference } from "./fields.ts";
import { customerReference, requireCustomerId } from "./find.ts";
import { lockCustomers, lockIdentities, resolveIdentities } from "./identities.ts";
import { integrationInput, setIntegrations } from "./integrations.ts";
import { type CustomerRow, mergeFields } from "./merge.ts";
import { nextVersion, noChanges, writeChanges } from "./write.ts";

const updateInput = z.strictObject({
  ...customerFields,
  customer: customerReference,
  external: externalReference.nullish(),
  integrations: z.array(integrationInput).max(50, "must have at most 50 entries").nullish(),
  replaceMetadata: z.boolean().nullish(),
  replaceCustomFields: z.boolean().nullish(),
  testClockId: z.string().nullish(),
  expectedVersion,
});

type UpdateInput = z.infer<typeof updateInput>;

/** A customer after an update, and whether anything of it is different now. */
export interface UpdateResult {
  readonly customer: CustomerRow;
  readonly changed: boolean;
}

/**
 * Changes the fields of an active customer that were sent, its external id of one source and its mappings to providers, all
 * in one transaction. When nothing would be different, nothing is written and no event told. With `expectedVersion` it
 * is refused when the customer was changed since.
 */
export async function updateCustomer(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<UpdateResult> {
  const input = checked(updateInput, sent);
  return transact(host, writer, async (transaction) => {
    const { environmentId } = transaction;
    const id = await requireCustomerId(transaction, environmentId, input.customer, ["customer"]);
    const before = await lockForUpdate(transaction, id, input);
    const { external, integrations, expectedVersion: expected } = input;
    if (before.status === "ARCHIVED")
      refuse("ILLEGAL_STATE", "The customer is archived. Restore it first.", ["customer"]);
    checkVersion("customer", before.version, expected);
    const merged = {
      ...mergedValues(before, input),
      testClockId: await clockAfter(transaction, before, input),
    };
    const renamed = external ? await rename(transaction, id, external) : false;
    const mapped = integrations?.length
      ? await setIntegrations(transaction, id, integrations, ["integrations"])
      : false;
    if (!changedValues(before, merged) && !renamed && !mapped) return { customer: before, changed: false };
    const customer = nextVersion(transaction, before, merged);
    await writeChanges(transaction, { ...noChanges(), updated: [{ before, after: customer }] });
    return { customer, changed: true };
  });
}

/** The clock that the customer lives by after the update. It stays the same while something goes by its time. */
async function clockAfter(
  transaction: Transaction,
  before: CustomerRow,
  { testClockId }: UpdateInput,
): Promise<string | null> {
  if (testClockId === undefined || testClockId === before.testClockId) return before.testClockId;
  if (testClockId !== null && !(await knownClocks(transaction, [testClockId])).has(testClockId)) {
    throw new Refusal([noSuchClock(["testClockId"])]);
  }
  if (await hasLiveSubscription(transaction, before.id)) {
    const message =
      "The customer has subscriptions that have not ended, and they would jump to another time.";
    refuse("ILLEGAL_STATE", message, ["testClockId"]);
  }
  return testClockId;
}

/** Locks all that the update gives the customer, then the customer; refuses what somebody else has. */
async function lockForUpdate(transaction: Transaction, id: string, input: UpdateInput): Promise<CustomerRow> {
  const { external } = input;
  const old = external ? await liveExternalId(transaction, id, external.source) : null;
  const wanted = {
    source: external?.source ?? null,
    externalId: external?.id ?? null,
    email: input.email ?? null,
    updatedAt: null,
  };
  const identities = old ? [wanted, { ...wanted, externalId: old.externalId }] : [wanted];
  await lockIdentities(transaction, identities, external ? "alone" : "usual");
  const [resolved] = await resolveIdentities(transaction, [wanted]);
  if (resolved?.emailOwner && resolved.emailOwner.id !== id) {
    refuse("EMAIL_TAKEN", "Another active customer has this e-mail address.", ["email"]);
  }
  if (resolved?.customer && resolved.customer.id !== id) {
    refuse("EXTERNAL_ID_TAKEN", "Another customer has this external id.", ["external", "id"]);
  }
  const customer = (await lockCustomers(transaction, [id])).get(id);
  return customer ?? refuse("NOT_FOUND", "There is no such customer.", ["customer"]);
}

function mergedValues(before: CustomerRow, input: UpdateInput): CustomerRow {
  const { customer: _, external: __, integrations: ___, expectedVersion: ____, ...rest } = input;
  const { replaceMetadata, replaceCustomFields, testClockId: _____, ...fields } = rest;
  const replace = { metadata: replaceMetadata ?? false, customFields: replaceCustomFields ?? false };
  const merged = mergeFields(before, fields, replace);
  const faults = [
    ...metadataFaults(merged.metadata),
    ...metadataFaults(merged.customFields, ["customFields"]),
  ];
  if (faults.length) throw new Refusal(faults);
  return merged;
}

async function rename(
  transaction: Transaction,
  customerId: string,
  external: { readonly source: string; readonly id: string },
): Promise<boolean> {
  const live = await liveExternalId(transaction, customerId, external.source);
  if (live?.externalId === external.id) return false;
  await setExternalId(transaction, customerId, external);
  return true;
}
