import type { Row } from "../../db/datamodel.ts";
import type { Executor } from "../../db/executor.ts";
import { checked } from "../../kit/validate.ts";
import { readGivenBackOf, readInvoice } from "../invoices/index.ts";
import { readLines } from "./find.ts";
import { type PlanInput, previewInput } from "./input.ts";
import { type CreditNotePlan, planCreditNote } from "./plan.ts";

/** A note as it would be, with the invoice that it would be for. */
export interface CreditNotePreview extends CreditNotePlan {
  readonly invoice: Row<"Invoice">;
  readonly input: PlanInput;
}

/** What a note would come to, and do to its invoice. Writes nothing. */
export async function previewCreditNote(
  executor: Executor,
  environmentId: string,
  sent: unknown,
): Promise<CreditNotePreview> {
  const input = checked(previewInput, sent);
  const scoped = { ...executor, environmentId };
  const invoice = await readInvoice(executor, environmentId, input.invoice);
  const givenBack = await readGivenBackOf(scoped, invoice);
  const plan = planCreditNote(input, invoice, await readLines(scoped, invoice.id, input), givenBack);
  return { ...plan, invoice, input };
}
