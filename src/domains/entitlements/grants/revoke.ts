import { z } from "zod";
import { changeEvent, lockRows, nextVersion, objectEvent, updateRows } from "../../../db/changes.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../../db/transaction.ts";
import { insertRows } from "../../../db/writes.ts";
import { newId } from "../../../kit/ids.ts";
import { refuse } from "../../../kit/refusal.ts";
import { checked, clearable, text } from "../../../kit/validate.ts";
import { checkVersion, expectedVersion } from "../../../kit/versions.ts";
import { nowFor } from "../../clocks/index.ts";
import { customerReference } from "../../customers/index.ts";
import { readEntitlements } from "../access/read.ts";
import { benefitReference } from "../benefits/find.ts";
import { type GrantRow, type Ground, groundOf, standing } from "./ground.ts";

export interface RevokeChange {
  /** What was ended, or the denial that keeps the customer out now. */
  readonly grant: GrantRow;
  /** Whether anything is different now. */
  readonly changed: boolean;
}

const reason = clearable(text(500));

const byKeyInput = z.strictObject({ customer: customerReference, benefit: benefitReference, reason });

const byIdInput = z.strictObject({ grantId: z.string(), reason, expectedVersion });

/**
 * Takes a benefit from a customer: ends what was given by hand and, while a subscription gives it, denies it until it is granted
 * again or the denial is revoked.
 */
export async function revokeEntitlement(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<RevokeChange> {
  const input = checked(byKeyInput, sent);
  return transact(host, writer, async (transaction) => {
    const ground = await groundOf(transaction, input, { active: false });
    const live = await standing(transaction, ground);
    const expired = live?.expiresAt != null && live.expiresAt <= ground.now;
    if (live?.effect === "DENY" && !expired) return { grant: live, changed: false };
    const sold = await isSold(transaction, ground);
    if (!sold && (!live || expired)) {
      refuse("NOT_FOUND", "The customer is not given this benefit.", ["benefit"]);
    }
    const ended = live && (await end(transaction, live, ground.now, input.reason ?? null));
    if (live && ended && live.effect === "ALLOW") {
      transaction.emit(changeEvent("entitlement.revoked", { before: live, after: ended }));
    }
    if (!sold && ended) return { grant: ended, changed: true };
    return { grant: await deny(transaction, ground, input.reason ?? null), changed: true };
  });
}

/** Whether a subscription that has not ended gives the customer the benefit, even if it is not let in by it now. */
async function isSold(transaction: Transaction, { customerId, benefit }: Ground): Promise<boolean> {
  const asked = [{ customer: { id: customerId }, key: benefit.key }];
  const [entitlements] = await readEntitlements(
    transaction,
    transaction.environmentId,
    asked,
    transaction.now,
  );
  return (entitlements ?? []).some(({ sources }) =>
    sources.some(({ kind, access }) => kind === "SUBSCRIPTION" && access.reason !== "SUBSCRIPTION_ENDED"),
  );
}

async function end(
  transaction: Transaction,
  before: GrantRow,
  now: Date,
  revocationReason: string | null,
): Promise<GrantRow> {
  const after = {
    ...nextVersion(transaction, before, { revokedAt: now, revocationReason }),
    updatedBy: transaction.actor,
  };
  await updateRows(transaction, "EntitlementGrant", [{ before, after }]);
  return after;
}

async function deny(
  transaction: Transaction,
  { customerId, benefit, now: grantedAt }: Ground,
  because: string | null,
): Promise<GrantRow> {
  const { environmentId, actor, now } = transaction;
  const denial: GrantRow = {
    environmentId,
    id: newId(),
    customerId,
    benefitId: benefit.id,
    effect: "DENY",
    limit: null,
    unlimited: false,
    config: {},
    reason: because,
    grantedAt,
    expiresAt: null,
    revokedAt: null,
    revocationReason: null,
    metadata: {},
    createdBy: actor,
    updatedBy: actor,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  await insertRows(transaction, "EntitlementGrant", [denial]);
  transaction.emit(objectEvent("entitlement.revoked", denial));
  return denial;
}

/** Ends one grant, or one denial. What else gives the customer the benefit stays. Twice is the same as once. */
export async function revokeEntitlementGrant(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<RevokeChange> {
  const input = checked(byIdInput, sent);
  return transact(host, writer, async (transaction) => {
    const found = await lockRows(transaction, "EntitlementGrant", [input.grantId]);
    const before = found.get(input.grantId.toLowerCase());
    if (!before) refuse("NOT_FOUND", "There is no such grant.", ["grantId"]);
    checkVersion("grant", before.version, input.expectedVersion);
    if (before.revokedAt) return { grant: before, changed: false };
    const { customerId, effect } = before;
    const now = (await nowFor(transaction, [customerId])).get(customerId) ?? transaction.now;
    const after = await end(transaction, before, now, input.reason ?? null);
    const event = effect === "ALLOW" ? "entitlement.revoked" : "entitlement.restored";
    transaction.emit(changeEvent(event, { before, after }));
    return { grant: after, changed: true };
  });
}
