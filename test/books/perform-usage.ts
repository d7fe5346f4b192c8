import { day, iso } from "./calendar.ts";
import { type Case, isMetered } from "./case.ts";
import type { Operation } from "./operations.ts";

let sent = 0;

/** What is used, taken back as used, and granted to a wallet. */
export async function performUsage(
  one: Case,
  operation: Extract<Operation, { op: "use" | "voidUse" | "grant" }>,
): Promise<void> {
  const { model, shop } = one;
  if (operation.op === "grant") {
    if (!one.walletId) return;
    const input = { wallet: { id: one.walletId }, amount: String(operation.amount) };
    await one.mutate("grantCredits", input, "grant.customer");
    return;
  }
  const measured = model.items.some((item) =>
    item.within({ from: -Infinity, to: Infinity }).some(({ terms }) => isMetered(terms.price)),
  );
  if (!measured) return;
  if (operation.op === "voidUse") {
    const events = one.events.filter((event) => !event.void);
    const event = events[operation.event % events.length];
    if (!event || one.now - event.at > 60 * day) return;
    const input = { events: [{ idempotencyKey: event.key }] };
    const { payload } = await one.mutate("voidUsageEvents", input, "", "voided");
    if (payload.voided !== 1) return;
    event.void = true;
    return noteLate(one, event.at);
  }
  const at = Math.max(one.now - operation.daysAgo * day, model.start);
  if (at > one.now || one.now - at > 60 * day) return;
  const key = `event${(sent += 1)}`;
  const { payload } = await one.mutate(
    "ingestUsageEvents",
    {
      events: [
        {
          idempotencyKey: key,
          name: shop.meterEvent,
          customer: { id: one.customerId },
          subscriptionId: one.subscriptionId,
          quantity: String(operation.quantity),
          timestamp: iso(at),
        },
      ],
    },
    "",
    "ingested results { userErrors { message } }",
  );
  if (payload.ingested !== 1) return one.note(`not ingested: ${JSON.stringify(payload)}`);
  one.events.push({ key, at, quantity: operation.quantity, void: false });
  noteLate(one, at);
}

/** What is of a time that was billed waits for the next invoice. */
function noteLate(one: Case, at: number): void {
  const { model } = one;
  const billedUntil = Math.max(model.period.from, ...model.ends);
  if (at < billedUntil) one.lateSince ??= one.now;
}
