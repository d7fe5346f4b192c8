import type { Case } from "../case.ts";
import { Fault } from "../fault.ts";

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

const previewed = new Set([
  "addSubscriptionItem",
  "updateSubscriptionItem",
  "removeSubscriptionItem",
  "changeSubscriptionPlan",
  "changeSubscriptionQuantity",
  "pauseSubscription",
  "resumeSubscription",
  "cancelSubscription",
  "reactivateSubscription",
]);

const treated = new Set(["DRAFT", "VOID", "UNCOLLECTIBLE"]);

const document = `query ($input: PreviewSubscriptionChangeInput!) { previewSubscriptionChange(input: $input) {
  status invoice { total { amount } tax { amount } prepaidCredit { amount } credit { amount } lines { kind amount { amount } } }
  userErrors { message } } }`;

/** What a preview has told; null for operations that have none. Every other one is asked for. */
export async function preview(one: Case, name: string, input: object): Promise<any> {
  if (!previewed.has(name) || one.log.length % 2) return null;
  return (await one.shop.read(document, { input: { [name]: input } })).previewSubscriptionChange;
}

/** What happened is what the preview has told: the same lines and the same sums, or the same refusal. */
export function previewIsWhatHappens(
  one: Case,
  told: any,
  happened: { readonly name: string; readonly refused: string | null; readonly before: ReadonlySet<string> },
): void {
  const { name, refused, before } = happened;
  const rule = "preview-is-what-happens";
  const refusal = told.userErrors.length > 0;
  if (refusal !== (refused !== null)) {
    throw new Fault(
      rule,
      `${name}: previewed as ${refusal ? "refused" : "allowed"}, was ${refused ?? "allowed"}`,
    );
  }
  if (refusal) return;
  // A preview tells what is asked for; what a pause treats otherwise has an invoice of its own.
  const made = one.ledger.invoices.filter(({ id, status }) => !before.has(id) && !treated.has(status));
  const expected = told.invoice
    ? figures({
        total: told.invoice.total.amount,
        tax: told.invoice.tax.amount,
        prepaid: told.invoice.prepaidCredit.amount,
        credit: told.invoice.credit.amount,
        lines: told.invoice.lines.flatMap(({ kind, amount }: any) =>
          kind === "CARRIED_OVER" ? [] : amount.amount,
        ),
      })
    : "no invoice";
  const is = made.map(({ total, tax, prepaid, credit, lines }) =>
    figures({
      total,
      tax,
      prepaid,
      credit,
      lines: lines.flatMap(({ kind, amount }) => (kind === "CARRIED_OVER" ? [] : Number(amount))),
    }),
  );
  if ((is.join(" and ") || "no invoice") !== expected) {
    throw new Fault(rule, `${name}: previewed ${expected}, made ${is.join(" and ") || "no invoice"}`);
  }
}

interface Figures {
  readonly total: number | bigint;
  readonly tax: number | bigint;
  readonly prepaid: number | bigint;
  readonly credit: number | bigint;
  readonly lines: readonly number[];
}

function figures({ total, tax, prepaid, credit, lines }: Figures): string {
  const sorted = lines.toSorted((some, other) => some - other).join(", ");
  return `total ${total}, tax ${tax}, prepaid ${prepaid}, from the balance ${credit}, lines ${sorted}`;
}
