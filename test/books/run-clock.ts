import { type Instant, iso, short } from "./calendar.ts";
import { priceOf } from "./catalog.ts";
import type { Case } from "./case.ts";
import { Fault } from "./fault.ts";
import type { Status } from "./states.ts";

/** Lets time go by, in the product and in the model: in one go where no payment can fail, and else from one step to the next. */
export async function runClock(one: Case, target: Instant): Promise<void> {
  const { model } = one;
  while (model.now < target) {
    const next = model.next()?.at ?? Infinity;
    // What is due by now is done as soon as the clock moves.
    const stops = isCalm(one) ? [] : [Math.max(next, model.now + 1000), ...model.retries()];
    const at = Math.min(target, ...stops.filter((stop) => stop > model.now));
    // One step after the other: each begins where the last one has ended.
    // oxlint-disable-next-line no-await-in-loop
    await advance(one, at);
    // A retry comes before the next period that begins at the same instant.
    if (model.retries().includes(at) && one.status === "UNPAID") model.giveUp(at);
    model.runTo(at);
    one.note(`the clock shows ${short(at)}: ${one.status}`);
    adoptStatus(one);
  }
}

/** Whether nothing that is to be paid can fail. */
function isCalm({ model, payments, sent, status }: Case): boolean {
  return (
    (sent || payments === "succeed") &&
    status !== "PAST_DUE" &&
    status !== "UNPAID" &&
    model.status === status
  );
}

async function advance(one: Case, at: Instant): Promise<void> {
  const fields = "testClock { status now leftUndone customers(first: 1) { nodes { ...Ledger } } }";
  const payload = await one.shop.mutate("advanceTestClock", { id: one.clockId, to: iso(at) }, fields);
  if (payload.userErrors.length) throw new Fault("clock-arrives", JSON.stringify(payload.userErrors));
  let { testClock } = payload;
  if (testClock.status === "ADVANCING") {
    await one.shop.arrive(one.clockId);
    one.ledger = await one.shop.readLedger(one.customerId);
    testClock = await one.shop.readClock(one.clockId);
  } else {
    one.read(testClock.customers.nodes[0]);
  }
  if (testClock.leftUndone)
    throw new Fault("clock-arrives", `${testClock.leftUndone} steps were left undone`);
  if (testClock.status !== "READY" || Date.parse(testClock.now) !== at) {
    throw new Fault("clock-arrives", `asked for ${iso(at)}, it is ${testClock.status} at ${testClock.now}`);
  }
}

/** What payments may make of a state. */
const byPayments: Readonly<Partial<Record<Status, readonly Status[]>>> = {
  ACTIVE: ["PAST_DUE", "PENDING", "UNPAID"],
  PENDING: ["ACTIVE"],
  PAST_DUE: ["ACTIVE", "UNPAID", "CANCELED"],
  UNPAID: ["ACTIVE"],
};

const owing = new Set(["FINALIZED", "APPROVED", "SENT", "PARTIALLY_PAID", "OVERDUE"]);

/** Takes over what payments have made of the state, where they can have. */
export function adoptStatus(one: Case): void {
  const { model, status: told, ledger } = one;
  const expected = model.status;
  if (told === expected) return;
  if (!byPayments[expected]?.includes(told)) {
    throw new Fault("state-by-the-rules", `expected ${expected}, is ${told}`);
  }
  const debts = ledger.invoices.filter(({ status, due }) => owing.has(status) && due > 0n);
  if (told === "ACTIVE" && debts.length) {
    throw new Fault(
      "no-way-past-payment",
      `${expected} became ACTIVE while it owes ${debts.map(({ due }) => due).join(" and ")}`,
    );
  }
  // Terms that are all in arrears owe nothing yet.
  const owes = model.items.some((item) => {
    const terms = item.at(model.period.from);
    return terms !== null && priceOf(terms.price).payInAdvance;
  });
  if (told === "ACTIVE" && expected === "PENDING" && owes && !ledger.invoices.some(isPaid)) {
    throw new Fault("no-way-past-payment", "PENDING became ACTIVE, and nothing was paid");
  }
  model.adopt(told);
}

const isPaid = ({ status, total }: Case["ledger"]["invoices"][number]): boolean =>
  status === "PAID" || total === 0n;
