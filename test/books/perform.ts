import type { Case } from "./case.ts";
import { day, iso } from "./calendar.ts";
import type { Operation } from "./operations.ts";
import { performOnInvoice } from "./perform-on-invoice.ts";
import { addItem, changeItem, removeItem } from "./perform-on-items.ts";
import { changeEnd, performOnLife } from "./perform-on-life.ts";
import { performUsage } from "./perform-usage.ts";
import { runClock } from "./run-clock.ts";

/** Carries a step out in the product, and in the model what the product has accepted. */
export async function perform(one: Case, operation: Operation): Promise<void> {
  const { model, ledger } = one;
  switch (operation.op) {
    case "advance":
      return runClock(one, one.now + operation.days * day + (operation.hours ?? 0) * (day / 24));
    case "toPeriodEnd": {
      const at = model.next()?.at;
      return at !== undefined && at > one.now && at < one.now + 700 * day ? runClock(one, at) : undefined;
    }
    case "quantity":
    case "plan":
    case "update":
      return changeItem(one, operation);
    case "add":
      return addItem(one, operation.terms, operation.mode);
    case "remove":
      return removeItem(one, operation.item, operation.mode);
    case "cancelNow":
    case "cancelAtPeriodEnd":
    case "cancelAt":
    case "reactivate":
    case "pause":
    case "pauseAtPeriodEnd":
    case "resume":
      return performOnLife(one, operation);
    case "pauseByUpdate":
      if (await one.operate("updateSubscription", { pauseAtPeriodEnd: operation.on })) {
        model.pauseAtPeriodEnd = operation.on;
      }
      return;
    case "anchorDay":
      if (await one.operate("updateSubscription", { billingAnchorDay: operation.day })) {
        model.setAnchorDay(operation.day);
      }
      return;
    case "trialEnd": {
      const at = one.now + operation.days * day;
      if (model.status !== "TRIALING") return;
      if (await one.operate("updateSubscription", { trialEnd: iso(at) })) model.setTrialEnd(at);
      return;
    }
    case "taxes": {
      const taxRateIds = operation.taxes.map((key) => one.shop.taxIds.get(key));
      await one.operate("updateSubscription", { taxRateIds });
      return;
    }
    case "endsOn":
    case "maxCycles":
    case "indefinite":
      return changeEnd(one, operation);
    case "payments":
      await one.mutate(
        "updateCustomer",
        { customer: { id: one.customerId }, metadata: { sandbox_payment: operation.behavior } },
        "customer",
      );
      one.payments = operation.behavior;
      return;
    case "use":
    case "voidUse":
    case "grant":
      return performUsage(one, operation);
    default:
      if (ledger.subscription) await performOnInvoice(one, operation);
  }
}
