import type { z } from "zod";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { total } from "../../kit/money.ts";
import { Refusal } from "../../kit/refusal.ts";
import { checked } from "../../kit/validate.ts";
import { pursesOf, readPurses, readUsedCredit } from "../credits/index.ts";
import {
  type ComposedDraft,
  type CreditUse,
  type InvoiceLineDraft,
  composeDraft,
  creditOfUnpaid,
  giveBackPrepaid,
  lineOfPending,
  walletSources,
} from "../invoices/index.ts";
import { type Billing, draftOf } from "./billing.ts";
import { discountsOf } from "./carry-out.ts";
import { cancelInput, decideCancel } from "./cancel.ts";
import {
  addItemInput,
  changePlanInput,
  changeQuantityInput,
  decideAdd,
  decidePlan,
  decideQuantity,
  decideRemove,
  decideUpdate,
  removeItemInput,
  updateItemInput,
} from "./items.ts";
import { refuseTooMuch } from "./mixed.ts";
import { type Decide, type Target, readSituation } from "./operate.ts";
import { decidePause, decideResume, pauseInput, resumeInput } from "./pause.ts";
import type { ItemState, Subscription, SubscriptionState } from "./state.ts";
import { decideReactivate, reactivateInput } from "./reactivate.ts";
import { usageAfter } from "./usage/preview-usage.ts";
import { readWaiting } from "./store/waiting.ts";

/** What an operation would make of a subscription. */
export interface ChangePreview {
  readonly subscription: Subscription;
  readonly items: readonly ItemState[];
  /** The invoice that would be made at once; null for none. */
  readonly invoice: ComposedDraft | null;
  /** The lines that would wait for the next invoice. */
  readonly waiting: readonly InvoiceLineDraft[];
  /** What was used by now, as the invoice of the period would bill it. */
  readonly usage: readonly InvoiceLineDraft[];
}

/** An operation with the check of its input, and what decides it: the operation's own. */
function operation<T extends Target>(schema: z.ZodType<T>, decide: (input: T) => Decide) {
  return (sent: unknown, path: readonly string[]): [Target, Decide] => {
    const input = checked(schema, sent, path);
    return [input, decide(input)];
  };
}

const operations: Readonly<Record<string, ReturnType<typeof operation<Target>>>> = {
  addSubscriptionItem: operation(addItemInput, decideAdd),
  updateSubscriptionItem: operation(updateItemInput, decideUpdate),
  removeSubscriptionItem: operation(removeItemInput, decideRemove),
  changeSubscriptionPlan: operation(changePlanInput, decidePlan),
  changeSubscriptionQuantity: operation(changeQuantityInput, decideQuantity),
  pauseSubscription: operation(pauseInput, decidePause),
  resumeSubscription: operation(resumeInput, decideResume),
  cancelSubscription: operation(cancelInput, decideCancel),
  reactivateSubscription: operation(reactivateInput, decideReactivate),
};

/** Plans the one operation that `sent` names, as the operation itself does, and composes its invoice. Writes and locks nothing. */
export async function previewChange(
  host: TransactionHost,
  writer: Writer,
  sent: Readonly<Record<string, unknown>>,
): Promise<ChangePreview> {
  const [name = "", input] = Object.entries(sent).find(([, value]) => value != null) ?? [];
  const plan = operations[name];
  if (!plan) throw new Error(`there is no operation ${name} to preview`);
  const [on, decide] = plan(input, [name]);
  return under(name, () =>
    transact(host, writer, async (transaction) => {
      const situation = await readSituation(transaction, on);
      const { subscription, items, bill, waiting, charges, replaces } = await decide(situation, transaction);
      refuseTooMuch([...(bill?.lines ?? []), ...waiting]);
      const after = { ...situation.state, subscription, items };
      const discounts = bill ? discountsOf(situation.state, bill, replaces) : [];
      const replaced = replaces ? creditOfUnpaid(situation.ledger) : [];
      const invoice =
        bill && (await composed(transaction, after, { ...bill, discounts, now: situation.now }, replaced));
      const usage = await usageAfter(transaction, { ...situation, state: after }, charges.added);
      return { subscription, items, invoice, waiting, usage };
    }),
  );
}

/** The invoice that would be made: wallets and the balance pay as they would, with what is given back to them, also by invoices that it replaces. */
async function composed(
  transaction: Transaction,
  state: SubscriptionState,
  billing: Billing,
  replaced: readonly CreditUse[],
): Promise<ComposedDraft> {
  const { subscription } = state;
  const draft = draftOf(state, billing);
  const waiting = await readWaiting(transaction, subscription);
  const lines = [...draft.lines, ...waiting.pending.map(lineOfPending), ...replaced];
  const used = await readUsedCredit(transaction, walletSources(lines));
  const book = await readPurses(transaction, [subscription], used);
  giveBackPrepaid(book, used, lines, billing.now);
  const purses = pursesOf(book, subscription, billing.now);
  const creditAvailable = waiting.creditAvailable + total(replaced.map(({ credit }) => credit));
  return composeDraft(transaction.environmentId, draft, { ...waiting, creditAvailable, purses });
}

/** What is refused has a path from the operation's own input, which stands below its name. */
async function under<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(error.faults.map((fault) => ({ ...fault, path: [name, ...fault.path] })));
  }
}
