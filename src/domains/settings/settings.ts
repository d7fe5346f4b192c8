import { z } from "zod";
import { changedValues } from "../../db/changes.ts";
import { type Row, tableOf } from "../../db/datamodel.ts";
import type { Executor } from "../../db/executor.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { toJson } from "../../db/json.ts";
import { type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { parseCountry } from "../../kit/country.ts";
import { checked, clearable, text } from "../../kit/validate.ts";

export type SettingsRow = Omit<Row<"BillingSettings">, "environmentId">;

/** The seller as invoices show it. */
export type Seller = Partial<Record<(typeof sellerFields)[number], string | null | undefined>>;

const sellerFields = [
  "name",
  "email",
  "taxId",
  "line1",
  "line2",
  "city",
  "state",
  "postalCode",
  "country",
] as const;

const longestRetry = 60;
const mostRetries = 10;

const days = (most: number) =>
  z.number().int().min(0, `must be 0 to ${most}`).max(most, `must be 0 to ${most}`);

const prefix = text(20).refine(
  (value) => /^[A-Za-z0-9/_-]+$/.test(value),
  "must be letters, digits, hyphens, underscores and slashes",
);

const seller = z.strictObject({
  name: clearable(text(255)),
  email: clearable(text(254)),
  taxId: clearable(text(100)),
  line1: clearable(text(255)),
  line2: clearable(text(255)),
  city: clearable(text(100)),
  state: clearable(text(100)),
  postalCode: clearable(text(20)),
  country: clearable(
    text(2).refine((code) => parseCountry(code), "must be an ISO 3166-1 alpha-2 country code, such as US"),
  ),
});

const retryDays = z
  .array(
    z.number().int().min(1, `must be 1 to ${longestRetry}`).max(longestRetry, `must be 1 to ${longestRetry}`),
  )
  .max(mostRetries, `must have at most ${mostRetries} days`)
  .refine(
    (list) => list.every((day, index) => index === 0 || day > (list[index - 1] ?? 0)),
    "must be in ascending order",
  );

const updateInput = z.strictObject({
  seller: seller.nullish(),
  invoicePrefix: prefix.nullish(),
  creditNotePrefix: prefix.nullish(),
  paymentTermDays: days(366).nullish(),
  dunningRetryDays: retryDays.nullish(),
  dunningGraceDays: days(366).nullish(),
  autoCancelUnpaid: z.boolean().nullish(),
  prorateByDay: z.boolean().nullish(),
});

/** How an environment bills until it says otherwise. */
const defaults: Omit<SettingsRow, "updatedAt"> = {
  seller: {},
  invoicePrefix: "INV-",
  creditNotePrefix: "CN-",
  paymentTermDays: 0,
  dunningRetryDays: [1, 3, 7],
  dunningGraceDays: 7,
  autoCancelUnpaid: false,
  prorateByDay: false,
};

/** How the environment bills. One statement. */
export async function readSettings(executor: Executor, environmentId: string): Promise<SettingsRow> {
  const [row] = await executor.query<Row<"BillingSettings">>(Prisma.sql`
    SELECT ${tableOf("BillingSettings").select} FROM billing_settings t WHERE t.environment_id = ${environmentId}::uuid`);
  return row ?? { ...defaults, updatedAt: new Date(0) };
}

export interface SettingsChange {
  readonly settings: SettingsRow;
  /** Whether anything of them is different now. */
  readonly changed: boolean;
}

/** Changes how the environment bills from now on: what is left out is left alone, null sets the default. Issued documents stay as they are. */
export async function updateSettings(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<SettingsChange> {
  const input = checked(updateInput, sent);
  return transact(host, writer, async (transaction) => {
    const { environmentId, now } = transaction;
    await transaction.query(Prisma.sql`
      SELECT pg_advisory_xact_lock(hashtextextended(${`settings ${environmentId}`}, 0))`);
    const { updatedAt, ...before } = await readSettings(transaction, environmentId);
    const given = Object.entries(input).filter(([, value]) => value !== undefined);
    const values = Object.fromEntries(
      given.map(([name, value]) => [name, value ?? defaults[name as keyof typeof defaults]]),
    );
    const after = { ...before, ...values, seller: sellerAfter(before.seller as Seller, input.seller) };
    if (!changedValues(before, after)) return { settings: { ...before, updatedAt }, changed: false };
    const { columns } = tableOf("BillingSettings");
    const record = Object.fromEntries(
      Object.entries({ ...after, environmentId, updatedAt: now }).map(([field, value]) => [
        columns[field],
        value,
      ]),
    );
    await transaction.query(Prisma.sql`
      INSERT INTO billing_settings SELECT n.* FROM jsonb_populate_record(NULL::billing_settings, ${toJson(record)}::jsonb) n
      ON CONFLICT (environment_id) DO UPDATE SET
        seller = excluded.seller, invoice_prefix = excluded.invoice_prefix, credit_note_prefix = excluded.credit_note_prefix,
        payment_term_days = excluded.payment_term_days, dunning_retry_days = excluded.dunning_retry_days,
        dunning_grace_days = excluded.dunning_grace_days, auto_cancel_unpaid = excluded.auto_cancel_unpaid,
        prorate_by_day = excluded.prorate_by_day, updated_at = excluded.updated_at`);
    const event = {
      type: "billing_settings.updated",
      objectType: "billing_settings",
      objectId: environmentId,
    };
    transaction.emit({ ...event, data: after, previousAttributes: changedValues(before, after) });
    return { settings: { ...after, updatedAt: now }, changed: true };
  });
}

function sellerAfter(stored: Seller, sent: Seller | null | undefined): object {
  if (sent === undefined) return stored;
  const merged = Object.entries({ ...stored, ...sent }).filter(([, value]) => value != null);
  return sent === null ? {} : Object.fromEntries(merged);
}
