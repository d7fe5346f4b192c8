import { builder } from "../../../graph/builder.ts";
import { writerOf } from "../../../graph/context.ts";
import { describedEnum } from "../../../graph/enums.ts";
import { mutation } from "../../../graph/mutations.ts";
import { UserError } from "../../../graph/user-errors.ts";
import { AssignSeatsInput, ChangeQuotaInput, UnassignSeatsInput } from "../inputs/grant.ts";
import { type QuotaChange, changeQuota } from "../quotas/change.ts";
import { QuotaBalance } from "../schema/quota.ts";
import { Seat } from "../schema/seat.ts";
import { assignSeats } from "../seats/assign.ts";
import type { SeatResult as Result } from "../seats/plan.ts";
import { unassignSeats } from "../seats/unassign.ts";

const SeatOutcome = describedEnum<Result["outcome"]>(
  "SeatOutcome",
  "What was done about one person's seat.",
  {
    ASSIGNED: "The person has a seat now.",
    UPDATED: "The person had a seat, and got an id, an e-mail address or metadata that were new.",
    UNASSIGNED: "The seat is free again.",
    UNCHANGED: "Nothing had to be done: the person had a seat, or had none.",
    FAILED: "Nothing was done: `userErrors` say why.",
  },
);

const SeatResult = builder.objectRef<Result>("SeatResult").implement({
  description: "What became of one person of a batch.",
  fields: (t) => ({
    index: t.int({ description: "Its place in the input, from 0.", resolve: ({ index }) => index }),
    outcome: t.field({ type: SeatOutcome, description: "What was done.", resolve: ({ outcome }) => outcome }),
    seat: t.field({
      type: Seat,
      nullable: true,
      description: "The person's seat after the call; null when there is and was none.",
      resolve: ({ seat }) => seat,
    }),
    userErrors: t.field({
      type: [UserError],
      description: "Why nothing was done. A `LimitExceeded` when all seats are taken.",
      resolve: ({ faults }) => faults,
    }),
  }),
});

const batches = {
  assignSeats: {
    run: assignSeats,
    input: AssignSeatsInput,
    description:
      "Gives people seats of an item of a subscription that gives access, for as long as there are any; one result each. However many calls run at once, there are never more seats than the item gives. Who has a seat keeps it.",
  },
  unassignSeats: {
    run: unassignSeats,
    input: UnassignSeatsInput,
    description:
      "Makes the seats of people free again, whatever state the subscription is in; one result each. Who has none is left as is.",
  },
};

for (const [name, { run, input, description }] of Object.entries(batches)) {
  mutation<object, { results: readonly Result[] }>(name, {
    description,
    scope: "entitlements:write",
    input: input as never,
    payload: (t) => ({
      results: t.field({
        type: [SeatResult],
        nullable: true,
        description: "One result for each person, in order; null when the whole was refused.",
        resolve: ({ results }) => results,
      }),
    }),
    run: (sent, context) => run(context.database, writerOf(context), sent),
  });
}

mutation<object, QuotaChange>("changeQuota", {
  description:
    "Changes how many of the things that a QUOTA has room for a customer keeps. More than there is room for are refused with a `LimitExceeded`, unless the limit may be exceeded; so are more without access, and fewer than none. However many calls run at once, the limit holds.",
  scope: "entitlements:write",
  input: ChangeQuotaInput as never,
  payload: (t) => ({
    quota: t.field({
      type: QuotaBalance,
      nullable: true,
      description:
        "The balance after the call; null when it was refused, and where nothing is kept and nothing ever was.",
      resolve: ({ quota }) => quota,
    }),
    changed: t.boolean({
      description: "Whether the number is different now. If not, no event was told.",
      resolve: ({ changed }) => changed ?? false,
    }),
  }),
  run: (sent, context) => changeQuota(context.database, writerOf(context), sent),
});
