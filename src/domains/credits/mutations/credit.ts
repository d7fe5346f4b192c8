import { writerOf } from "../../../graph/context.ts";
import { mutation } from "../../../graph/mutations.ts";
import { objectPayload } from "../../../graph/payloads.ts";
import { type Consumed, consumeCredits } from "../consume.ts";
import { grantCredits } from "../grant.ts";
import type { GrantRow } from "../grant-steps.ts";
import {
  ConsumeCreditsInput,
  GrantCreditsInput,
  ReturnCreditsInput,
  VoidCreditGrantInput,
} from "../inputs.ts";
import { returnCredits } from "../return.ts";
import { CreditGrant } from "../schema/grant.ts";
import { CreditTransaction } from "../schema/transaction.ts";
import { voidCreditGrant } from "../void-grant.ts";

mutation<object, { grant: GrantRow }>("grantCredits", {
  description: "Puts credit into a wallet, at once or from an instant on, once or again and again.",
  scope: "credits:write",
  input: GrantCreditsInput as never,
  payload: objectPayload("grant", CreditGrant, "The new grant; null when it was refused."),
  run: (sent, context) => grantCredits(context.database, writerOf(context), sent),
});

mutation<object, { grant: GrantRow }>("voidCreditGrant", {
  description:
    "Takes back what is left of a grant; what was used of it stays used. SCHEDULED, ACTIVE → VOID. Doing it twice is the same as once; refused once it has expired.",
  scope: "credits:write",
  input: VoidCreditGrantInput as never,
  payload: objectPayload("grant", CreditGrant, "The grant after the call; null when it was refused."),
  run: (sent, context) => voidCreditGrant(context.database, writerOf(context), sent),
});

mutation<object, Consumed>("consumeCredits", {
  description:
    "Uses credit of a wallet: grants by their priority, then those that expire first, then the oldest. All or nothing: with less than that in the wallet it is refused with `InsufficientCredits`, however many consume at once.",
  scope: "credits:write",
  input: ConsumeCreditsInput as never,
  payload: (t) => ({
    transaction: t.field({
      type: CreditTransaction,
      nullable: true,
      description: "What was used, now or by an earlier call with the same key; null when it was refused.",
      resolve: ({ transaction }) => transaction,
    }),
    created: t.boolean({
      description: "Whether it was used by this call.",
      resolve: ({ created }) => created ?? false,
    }),
  }),
  run: (sent, context) => consumeCredits(context.database, writerOf(context), sent),
});

mutation<object, Pick<Consumed, "transaction">>("returnCredits", {
  description:
    "Gives back what was consumed, all of it or a part, to the grants that it was taken from: the one that was used last first. What has expired or was voided since then lapses at once. Never more than was consumed.",
  scope: "credits:write",
  input: ReturnCreditsInput as never,
  payload: objectPayload("transaction", CreditTransaction, "What came in; null when it was refused."),
  run: (sent, context) => returnCredits(context.database, writerOf(context), sent),
});
