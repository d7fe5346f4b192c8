import { z } from "zod";
import type { Row } from "../../../db/datamodel.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import { ResetPeriod } from "../../../db/generated/prisma/enums.ts";
import {
  customFieldsInput,
  mergedMetadata,
  newMetadata,
  metadataFaults,
  metadataInput,
  type Metadata,
} from "../../../kit/metadata.ts";
import { type Fault, Refusal } from "../../../kit/refusal.ts";
import { clearable, readable, text } from "../../../kit/validate.ts";

export type BenefitRow = Row<"Benefit">;

/** A number of units, seats or things: never below nothing. */
export const amount = readable(z.string("must be a decimal number as a text"))
  .transform((value) => new Prisma.Decimal(value))
  .refine((value) => value.gte(0), "must not be below 0");

const order = z
  .number()
  .int()
  .min(-1_000_000, "must be -1,000,000 to 1,000,000")
  .max(1_000_000, "must be -1,000,000 to 1,000,000");

/** What can be said of a benefit at any time. A field that is left out is left alone; null clears it. */
export const benefitFields = {
  name: text(255).optional(),
  description: clearable(text(5_000)),
  category: clearable(text(100)),
  iconUrl: clearable(
    z.url({ protocol: /^https?$/, error: "must be an address that starts with https://" }).max(2_000),
  ),
  displayOrder: order.nullish(),
  limit: amount.nullish(),
  resetPeriod: z.enum(ResetPeriod).nullish(),
  overageAllowed: z.boolean().nullish(),
  config: customFieldsInput.nullish(),
  metadata: metadataInput.nullish(),
};

const schema = z.object(benefitFields);

type BenefitFields = Partial<z.infer<typeof schema>>;

type BenefitValues = Pick<
  BenefitRow,
  | "description"
  | "category"
  | "iconUrl"
  | "displayOrder"
  | "limit"
  | "resetPeriod"
  | "overageAllowed"
  | "config"
  | "metadata"
>;

/** What a benefit has of which nothing was said. */
export const plainBenefit: BenefitValues = {
  description: null,
  category: null,
  iconUrl: null,
  displayOrder: 0,
  limit: null,
  resetPeriod: "BILLING_PERIOD",
  overageAllowed: false,
  config: {},
  metadata: {},
};

/** The values of a benefit after `sent` arrived. */
export function mergeBenefit<V extends BenefitValues & { name: string }>(
  stored: V,
  { name, config, metadata, ...sent }: BenefitFields,
  replaceMetadata = false,
): V {
  const given = Object.entries(sent).filter(([, value]) => value !== undefined);
  const values = given.map(([field, value]) => [field, value ?? plainBenefit[field as keyof BenefitValues]]);
  return {
    ...stored,
    ...(Object.fromEntries(values) as Partial<V>),
    ...(name !== undefined && { name }),
    ...(config !== undefined && { config: settings(config) }),
    metadata: mergedMetadata(stored.metadata, metadata, replaceMetadata),
  };
}

/** Settings take the place of those that were there; a null among them is nothing. */
export function settings(
  sent: Metadata | null | undefined,
): Record<string, string | number | boolean | null> {
  return newMetadata(sent);
}

/** Whether a benefit has a limit at all. */
export const isCounted = (type: BenefitRow["type"]): boolean => type !== "BOOLEAN" && type !== "STATIC";

/** Refuses what a benefit of this type does not have. */
export function refuseUncounted(
  type: BenefitRow["type"],
  sent: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): void {
  if (isCounted(type)) return;
  const faults = fields
    .filter((field) => sent[field] != null && sent[field] !== false)
    .map((field): Fault => {
      const message = `A benefit of the type ${type} is not counted: leave ${field} out.`;
      return { code: "INVALID", message, path: [field] };
    });
  if (faults.length) throw new Refusal(faults);
}

/** Refuses values that do not go together. */
export function refuseFaulty({ metadata }: Pick<BenefitRow, "metadata">): void {
  const faults = metadataFaults(metadata);
  if (faults.length) throw new Refusal(faults);
}
