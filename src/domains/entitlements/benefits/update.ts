import { z } from "zod";
import { saveChange } from "../../../db/changes.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../../db/transaction.ts";
import { checked } from "../../../kit/validate.ts";
import { checkVersion, expectedVersion } from "../../../kit/versions.ts";
import { type BenefitRow, benefitFields, mergeBenefit, refuseFaulty, refuseUncounted } from "./fields.ts";
import { benefitReference, lockBenefit } from "./find.ts";

export interface BenefitChange {
  readonly benefit: BenefitRow;
  /** Whether anything of it is different now. */
  readonly changed: boolean;
}

const updateInput = z.strictObject({
  ...benefitFields,
  benefit: benefitReference,
  replaceMetadata: z.boolean().nullish(),
  expectedVersion,
});

const statusInput = z.strictObject({ benefit: benefitReference });

/** Changes the fields of a benefit that were sent. Whoever has it has it as it is from now on. */
export async function updateBenefit(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<BenefitChange> {
  const {
    benefit: reference,
    replaceMetadata,
    expectedVersion: expected,
    ...fields
  } = checked(updateInput, sent);
  return transact(host, writer, async (transaction) => {
    const before = await lockBenefit(transaction, reference);
    checkVersion("benefit", before.version, expected);
    refuseUncounted(before.type, fields, ["limit", "resetPeriod", "overageAllowed"]);
    const values = mergeBenefit(before, fields, replaceMetadata ?? false);
    refuseFaulty(values);
    return save(transaction, before, values, "benefit.updated");
  });
}

/** Makes a benefit one that can no longer be given; who has it keeps it. Twice is the same as once. */
export function archiveBenefit(host: TransactionHost, writer: Writer, sent: unknown): Promise<BenefitChange> {
  return setActive(host, writer, sent, false);
}

/** Makes an archived benefit one that can be given again. */
export function restoreBenefit(host: TransactionHost, writer: Writer, sent: unknown): Promise<BenefitChange> {
  return setActive(host, writer, sent, true);
}

function setActive(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
  active: boolean,
): Promise<BenefitChange> {
  const { benefit: reference } = checked(statusInput, sent);
  return transact(host, writer, async (transaction) => {
    const before = await lockBenefit(transaction, reference);
    return save(transaction, before, { ...before, active }, active ? "benefit.restored" : "benefit.archived");
  });
}

async function save(
  transaction: Transaction,
  before: BenefitRow,
  values: BenefitRow,
  event: string,
): Promise<BenefitChange> {
  const { row, changed } = await saveChange(transaction, "Benefit", { before, values, event });
  return { benefit: row, changed };
}
