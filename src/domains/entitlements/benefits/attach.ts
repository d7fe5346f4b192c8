import { z } from "zod";
import { objectEvent, saveChange } from "../../../db/changes.ts";
import { type Row, tableOf } from "../../../db/datamodel.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import { ResetPeriod } from "../../../db/generated/prisma/enums.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../../db/transaction.ts";
import { insertRows } from "../../../db/writes.ts";
import { newId } from "../../../kit/ids.ts";
import { customFieldsInput } from "../../../kit/metadata.ts";
import { refuse } from "../../../kit/refusal.ts";
import { checked } from "../../../kit/validate.ts";
import { checkVersion, expectedVersion } from "../../../kit/versions.ts";
import { productReference, requireProductId } from "../../catalog/index.ts";
import { amount, refuseUncounted, settings } from "./fields.ts";
import { benefitReference, lockBenefit, requireActive } from "./find.ts";

export type ProductBenefitRow = Row<"ProductBenefit">;

export interface AttachChange {
  readonly productBenefit: ProductBenefitRow;
  /** Whether the product did not give the benefit before. */
  readonly created: boolean;
  /** Whether anything is different now. */
  readonly changed: boolean;
}

const both = { product: productReference, benefit: benefitReference };

const attachInput = z.strictObject({
  ...both,
  limit: amount.nullish(),
  unlimited: z.boolean().nullish(),
  resetPeriod: z.enum(ResetPeriod).nullish(),
  overageAllowed: z.boolean().nullish(),
  config: customFieldsInput.nullish(),
  expectedVersion,
});

type AttachInput = z.infer<typeof attachInput>;

/** Lets a product give a benefit, or changes how much of it. */
export async function attachBenefit(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<AttachChange> {
  const input = checked(attachInput, sent);
  return transact(host, writer, async (transaction) => {
    const { environmentId, now } = transaction;
    const productId = await requireProductId(transaction, environmentId, input.product, ["product"]);
    // Whoever attaches the same one waits here.
    const benefit = await lockBenefit(transaction, input.benefit);
    refuseUncounted(benefit.type, input, ["limit", "unlimited", "resetPeriod", "overageAllowed"]);
    const before = await find(transaction, productId, benefit.id);
    const values = { ...merged(before ?? nothingSaid, input) };
    if (values.unlimited && values.limit !== null) {
      refuse("INVALID", "Without a limit there is none to name: send either limit or unlimited.", [
        "unlimited",
      ]);
    }
    if (!before) {
      requireActive(benefit);
      const stamps = { version: 1, createdAt: now, updatedAt: now };
      const row = { ...values, environmentId, id: newId(), productId, benefitId: benefit.id, ...stamps };
      await insertRows(transaction, "ProductBenefit", [row]);
      transaction.emit(objectEvent("product_benefit.created", row));
      return { productBenefit: row, created: true, changed: true };
    }
    checkVersion("benefit of the product", before.version, input.expectedVersion);
    const { row, changed } = await saveChange(transaction, "ProductBenefit", {
      before,
      values: { ...before, ...values },
      event: "product_benefit.updated",
    });
    return { productBenefit: row, created: false, changed };
  });
}

const nothingSaid = { limit: null, unlimited: false, resetPeriod: null, overageAllowed: null, config: {} };

type Values = Pick<ProductBenefitRow, keyof typeof nothingSaid>;

/** A limit takes the place of `unlimited`, and the other way round, unless both are sent. */
function merged(
  stored: Values,
  { limit, unlimited, resetPeriod, overageAllowed, config }: AttachInput,
): Values {
  const none = unlimited ?? (limit == null ? stored.unlimited : false);
  return {
    limit: limit === undefined ? (unlimited ? null : stored.limit) : limit,
    unlimited: none,
    resetPeriod: resetPeriod === undefined ? stored.resetPeriod : resetPeriod,
    overageAllowed: overageAllowed === undefined ? stored.overageAllowed : overageAllowed,
    config: config === undefined ? stored.config : settings(config),
  };
}

async function find(
  { environmentId, query }: Transaction,
  productId: string,
  benefitId: string,
): Promise<ProductBenefitRow | null> {
  const { name, select } = tableOf("ProductBenefit");
  const [row] = await query<ProductBenefitRow>(Prisma.sql`
    SELECT ${select} FROM ${name} t WHERE t.environment_id = ${environmentId}::uuid
      AND t.product_id = ${productId}::uuid AND t.benefit_id = ${benefitId}::uuid FOR UPDATE`);
  return row ?? null;
}

/** Lets a product give a benefit no longer: who bought it loses what it gave. Twice is the same as once. */
export async function detachBenefit(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<{ readonly detached: boolean }> {
  const input = checked(z.strictObject(both), sent);
  return transact(host, writer, async (transaction) => {
    const { environmentId } = transaction;
    const productId = await requireProductId(transaction, environmentId, input.product, ["product"]);
    const benefit = await lockBenefit(transaction, input.benefit);
    const before = await find(transaction, productId, benefit.id);
    if (!before) return { detached: false };
    await transaction.query(Prisma.sql`
      DELETE FROM product_benefits WHERE environment_id = ${environmentId}::uuid AND id = ${before.id}::uuid`);
    transaction.emit(objectEvent("product_benefit.deleted", before));
    return { detached: true };
  });
}
