import { z } from "zod";
import { changeEvent, nextVersion, updateRows } from "../../../db/changes.ts";
import { type Row, tableOf } from "../../../db/datamodel.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../../db/transaction.ts";
import { newId } from "../../../kit/ids.ts";
import { refuse } from "../../../kit/refusal.ts";
import { checked } from "../../../kit/validate.ts";
import { checkVersion, expectedVersion } from "../../../kit/versions.ts";
import { nowFor } from "../../clocks/index.ts";
import { customerReference, requireCustomerId } from "../../customers/index.ts";
import { type Entitlement, readEntitlements } from "../access/read.ts";
import { amount } from "../benefits/fields.ts";
import { benefitReference, requireBenefit } from "../benefits/find.ts";
import { type QuotaMove, movedTo, quotaFaults } from "./move.ts";

export type QuotaRow = Row<"QuotaBalance">;

export interface QuotaChange {
  /** Null where nothing is kept, and nothing ever was. */
  readonly quota: QuotaRow | null;
  /** Whether anything is different now. */
  readonly changed: boolean;
}

const positive = amount.refine((value) => value.gt(0), "must be more than 0");

const move = z.union(
  [z.strictObject({ add: positive }), z.strictObject({ remove: positive }), z.strictObject({ set: amount })],
  "must have exactly one of add, remove and set",
);

const changeInput = z.strictObject({
  customer: customerReference,
  benefit: benefitReference,
  change: move,
  expectedVersion,
});

/** Changes how many of the things that a quota has room for a customer keeps. */
export async function changeQuota(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<QuotaChange> {
  const input = checked(changeInput, sent);
  return transact(host, writer, async (transaction) => {
    const { environmentId } = transaction;
    const customerId = await requireCustomerId(transaction, environmentId, input.customer, ["customer"]);
    const benefit = await requireBenefit(transaction, input.benefit);
    if (benefit.type !== "QUOTA") {
      refuse("INVALID", `The benefit ${benefit.key} is of the type ${benefit.type}, not QUOTA.`, ["benefit"]);
    }
    const known = await lockBalance(transaction, customerId, benefit.id);
    checkVersion("quota", known?.version ?? 1, input.expectedVersion);
    const none = new Prisma.Decimal(0);
    if (!known && movedTo(none, input.change as QuotaMove).isZero()) return { quota: null, changed: false };
    const before = known ?? (await makeBalance(transaction, customerId, benefit.id));
    const asked = [{ customer: { id: customerId }, key: benefit.key }];
    const [entitlements] = await readEntitlements(transaction, environmentId, asked, transaction.now);
    const [entitlement] = entitlements ?? [];
    if (!entitlement) throw new Error(`nothing was read of ${benefit.key}`);
    const now = (await nowFor(transaction, [customerId])).get(customerId) ?? transaction.now;
    const current = movedTo(before.current, input.change as QuotaMove);
    const [fault] = quotaFaults(before.current, current, input.change as QuotaMove, entitlement);
    if (fault) refuse(fault.code, fault.message, fault.path, fault.details);
    if (current.eq(before.current)) return { quota: before, changed: false };
    return save(transaction, before, { current, ...peakOf(before, current, entitlement, now) });
  });
}

/** The most that there was at once in the period of the benefit that `now` is in; a period begins with what there is. */
function peakOf(
  { current, peak, peakSince }: QuotaRow,
  after: Prisma.Decimal,
  { windowStart }: Entitlement,
  now: Date,
): Pick<QuotaRow, "peak" | "peakSince"> {
  const begun = windowStart !== null && windowStart > peakSince;
  const most = begun ? current : peak;
  return {
    peak: after.gt(most) ? after : most,
    peakSince: begun ? windowStart : peakSince < now ? peakSince : now,
  };
}

/** The customer's balance, locked; null where there is none. */
async function lockBalance(
  { environmentId, query }: Transaction,
  customerId: string,
  benefitId: string,
): Promise<QuotaRow | null> {
  const { name, select } = tableOf("QuotaBalance");
  const [row] = await query<QuotaRow>(Prisma.sql`
    SELECT ${select} FROM ${name} t WHERE t.environment_id = ${environmentId}::uuid
      AND t.customer_id = ${customerId}::uuid AND t.benefit_id = ${benefitId}::uuid FOR UPDATE`);
  return row ?? null;
}

/** The same, made with nothing in it unless somebody else has made it by now. */
async function makeBalance(
  transaction: Transaction,
  customerId: string,
  benefitId: string,
): Promise<QuotaRow> {
  const { environmentId, now, query } = transaction;
  const since = (await nowFor(transaction, [customerId])).get(customerId) ?? now;
  await query(Prisma.sql`
    INSERT INTO quota_balances (environment_id, id, customer_id, benefit_id, current, peak, peak_since, created_at, updated_at)
    VALUES (${environmentId}::uuid, ${newId()}::uuid, ${customerId}::uuid, ${benefitId}::uuid, 0, 0, ${since}, ${now}, ${now})
    ON CONFLICT (environment_id, customer_id, benefit_id) DO NOTHING`);
  const row = await lockBalance(transaction, customerId, benefitId);
  if (!row) throw new Error("there is no balance");
  return row;
}

async function save(
  transaction: Transaction,
  before: QuotaRow,
  values: Partial<QuotaRow>,
): Promise<QuotaChange> {
  const after = nextVersion(transaction, before, values);
  await updateRows(transaction, "QuotaBalance", [{ before, after }]);
  transaction.emit(changeEvent("quota.updated", { before, after }));
  return { quota: after, changed: true };
}
