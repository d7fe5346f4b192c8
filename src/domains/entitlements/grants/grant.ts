import { z } from "zod";
import { changeEvent, changedValues, nextVersion, objectEvent, updateRows } from "../../../db/changes.ts";
import type { Transaction, TransactionHost, Writer } from "../../../db/transaction.ts";
import { transact } from "../../../db/transaction.ts";
import { insertRows } from "../../../db/writes.ts";
import { newId } from "../../../kit/ids.ts";
import { changedMetadata, customFieldsInput, metadataInput } from "../../../kit/metadata.ts";
import { refuse } from "../../../kit/refusal.ts";
import { checked, clearable, text } from "../../../kit/validate.ts";
import { checkVersion, expectedVersion } from "../../../kit/versions.ts";
import { customerReference, instant } from "../../customers/index.ts";
import { type BenefitRow, amount, refuseUncounted, settings } from "../benefits/fields.ts";
import { benefitReference, requireActive } from "../benefits/find.ts";
import { type GrantRow, type Ground, groundOf, standing } from "./ground.ts";

export interface GrantChange {
  readonly grant: GrantRow;
  /** Whether the customer was not given the benefit by hand before. */
  readonly created: boolean;
  /** Whether anything is different now. */
  readonly changed: boolean;
}

const grantInput = z.strictObject({
  customer: customerReference,
  benefit: benefitReference,
  limit: amount.nullish(),
  unlimited: z.boolean().nullish(),
  config: customFieldsInput.nullish(),
  reason: clearable(text(500)),
  expiresAt: instant.nullish(),
  metadata: metadataInput.nullish(),
  replaceMetadata: z.boolean().nullish(),
  expectedVersion,
});

type GrantInput = z.infer<typeof grantInput>;

/**
 * Gives a customer a benefit by hand, beside what its subscriptions give. Who has been given it already gets what is sent
 * changed; who was denied it is denied it no longer.
 */
export async function grantEntitlement(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<GrantChange> {
  const input = checked(grantInput, sent);
  return transact(host, writer, async (transaction) => {
    const ground = await groundOf(transaction, input, { active: true });
    requireGrantable(ground.benefit, input);
    const live = await standing(transaction, ground);
    const values = valuesOf(live?.effect === "ALLOW" ? live : null, input, ground.now);
    if (live?.effect === "ALLOW") return change(transaction, live, values, input);
    if (live) await lift(transaction, live, ground);
    return add(transaction, ground, values);
  });
}

function requireGrantable(benefit: BenefitRow, input: GrantInput): void {
  requireActive(benefit);
  if (benefit.type === "SEATS") {
    const message = "Seats come with items of subscriptions: change the quantity of one.";
    refuse("INVALID", message, ["benefit"]);
  }
  refuseUncounted(benefit.type, input, ["limit", "unlimited"]);
}

type Values = Pick<
  GrantRow,
  "limit" | "unlimited" | "config" | "reason" | "expiresAt" | "grantedAt" | "metadata"
>;

/** The values of a grant after `input`. One that has expired begins anew. */
function valuesOf(before: GrantRow | null, input: GrantInput, now: Date): Values {
  const over = before?.expiresAt != null && before.expiresAt <= now;
  const stored = before && !over ? before : null;
  const expiresAt = input.expiresAt ? new Date(input.expiresAt) : null;
  if (expiresAt && expiresAt <= now) {
    refuse("INVALID", "expiresAt must be later than now, which for a customer of a test clock is its time.", [
      "expiresAt",
    ]);
  }
  const limit = input.limit === undefined ? (input.unlimited ? null : (stored?.limit ?? null)) : input.limit;
  const unlimited = input.unlimited ?? (input.limit == null ? (stored?.unlimited ?? false) : false);
  if (unlimited && limit !== null) {
    refuse("INVALID", "Without a limit there is none to name: send either limit or unlimited.", [
      "unlimited",
    ]);
  }
  const metadata = changedMetadata(before?.metadata ?? {}, input.metadata, {
    replace: input.replaceMetadata,
  });
  return {
    limit,
    unlimited,
    config: input.config === undefined ? (stored?.config ?? {}) : settings(input.config),
    reason: input.reason === undefined ? (stored?.reason ?? null) : input.reason,
    expiresAt: input.expiresAt === undefined ? (stored?.expiresAt ?? null) : expiresAt,
    grantedAt: stored?.grantedAt ?? now,
    metadata,
  };
}

async function change(
  transaction: Transaction,
  before: GrantRow,
  values: Values,
  { expectedVersion: expected }: GrantInput,
): Promise<GrantChange> {
  checkVersion("grant", before.version, expected);
  const changed = { ...before, ...values };
  if (!changedValues(before, changed)) return { grant: before, created: false, changed: false };
  const after = { ...nextVersion(transaction, before, changed), updatedBy: transaction.actor };
  await updateRows(transaction, "EntitlementGrant", [{ before, after }]);
  const again = before.grantedAt.getTime() !== after.grantedAt.getTime();
  const event = again ? "entitlement.granted" : "entitlement.updated";
  transaction.emit(changeEvent(event, { before, after }));
  return { grant: after, created: again, changed: true };
}

/** Ends a denial, so that something else can take its place. */
async function lift(transaction: Transaction, before: GrantRow, { now }: Ground): Promise<void> {
  const after = {
    ...nextVersion(transaction, before, { revokedAt: now, revocationReason: null }),
    updatedBy: transaction.actor,
  };
  await updateRows(transaction, "EntitlementGrant", [{ before, after }]);
}

async function add(transaction: Transaction, ground: Ground, values: Values): Promise<GrantChange> {
  const { environmentId, actor, now } = transaction;
  const grant: GrantRow = {
    ...values,
    environmentId,
    id: newId(),
    customerId: ground.customerId,
    benefitId: ground.benefit.id,
    effect: "ALLOW",
    revokedAt: null,
    revocationReason: null,
    createdBy: actor,
    updatedBy: actor,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  await insertRows(transaction, "EntitlementGrant", [grant]);
  transaction.emit(objectEvent("entitlement.granted", grant));
  return { grant, created: true, changed: true };
}
