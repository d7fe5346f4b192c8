import { z } from "zod";
import type { ArgBuilder } from "@pothos/core";
import type { GraphTypes } from "../../../graph/builder.ts";
import { requestError } from "../../../graph/errors.ts";
import { check, text } from "../../../kit/validate.ts";
import type { Condition } from "../figures/conditions.ts";
import { type Span, mostMeters } from "../figures/query.ts";
import { mostGroups } from "../figures/statement.ts";
import { spanOf } from "../period.ts";
import { conditions } from "../values/conditions-input.ts";
import { UsageConditionInput } from "../../../graph/usage-conditions.ts";

type Arguments = ArgBuilder<GraphTypes>;

/** What all fields that read usage take. */
export const usageArguments = (t: Arguments) => ({
  from: t({
    type: "DateTime",
    description: "The first instant of the span; that of the current month unless said.",
  }),
  to: t({
    type: "DateTime",
    description: "The first instant after the span; that of the current month unless said.",
  }),
  filters: t({
    type: [UsageConditionInput],
    description:
      "Only events whose properties meet all of these, at most 20. The events themselves are looked at then, which takes longer the more there are.",
  }),
  groupBy: t.string({
    description:
      "Tells events apart by the text of this property, at most 255 characters. The events themselves are looked at then, which takes longer the more there are.",
  }),
});

/** Which meters a field tells of. */
export const meterIdsArgument = (t: Arguments) =>
  t.idList({
    description: `Only these meters, at most ${mostMeters}, in the order of their names. Ids of no meter are passed over. Needed in an environment with more than ${mostMeters} meters.`,
  });

export const otherGroupsDescription = `How many groups this is of. 0 for a group of its own. Of more than ${mostGroups} groups those with the most events have entries of their own, and the last entry is what all others come to together: with it nothing is left out.`;

export interface Sent {
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
  readonly filters?: readonly unknown[] | null | undefined;
  readonly groupBy?: string | null | undefined;
}

const readable = z.object({ filters: conditions.nullish(), groupBy: text(255).nullish() });

/** What was sent as `usageArguments` of a field. Throws the error of a request for what is wrong. */
export function readUsageArguments(
  field: string,
  { from, to, filters, groupBy }: Sent,
  zone = "UTC",
): {
  readonly span: Span;
  readonly conditions?: readonly Condition[] | undefined;
  readonly groupBy?: string | undefined;
} {
  const span = spanOf(from, to, new Date(), zone);
  if (span.start >= span.end) throw requestError("INVALID_REQUEST", `${field}: from must be before to.`);
  const result = check(readable, { filters, groupBy });
  if ("faults" in result) {
    const [fault] = result.faults;
    throw requestError("INVALID_REQUEST", `${field}: ${fault?.path.join(".")}: ${fault?.message}`);
  }
  const { value } = result;
  return { span, conditions: value.filters ?? undefined, groupBy: value.groupBy ?? undefined };
}
