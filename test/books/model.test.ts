import { describe, expect, test } from "vitest";
import { type Instant, day, dayOf } from "./calendar.ts";
import type { DiscountKey, PriceKey } from "./catalog.ts";
import { add, owedInAdvance, owedInArrears } from "./owed.ts";
import { Simulation } from "./simulation.ts";
import type { Created } from "./states.ts";

/** An instant of 2026, from text such as `06-16`. */
const on = (text: string): Instant => Date.parse(`2026-${text.length > 5 ? text : `${text}T00:00:00Z`}`);

/** A subscription in the model alone, from 1 June on. */
function live(price: PriceKey, made: Partial<Created> & { readonly quantity?: number } = {}): Simulation {
  const { quantity = 1, ...others } = made;
  const now = on("06-01");
  const terms = { price, quantity, chosen: null };
  const nothing = { trialEnd: null, anchorDay: null, endsOn: null, maxCycles: null, discount: null };
  return new Simulation({ now, start: now, ...nothing, items: [{ id: "item", terms }], ...others });
}

/** What it owes so far, rounded. */
function owed(model: Simulation, byDay = false): number {
  const all = model.periods.flatMap((period) =>
    model.items.flatMap((item) => [
      owedInAdvance(item, period, model.items, { gaps: model.gaps, byDay }),
      owedInArrears(item, period, model, byDay),
    ]),
  );
  const { low, high } = add(...all);
  expect(low).toEqual(high);
  return Number(low.rounded());
}

const held = (discount: DiscountKey) => ({ discount });

function cancelNow(model: Simulation, gap: boolean): void {
  model.status = "CANCELED";
  model.end(model.now, gap);
}

describe("the model owes", () => {
  test("half of what holds with half off, whatever it was changed from", () => {
    const model = live("b100", held("HALF"));
    expect(owed(model)).toBe(5000);
    model.changeItem("item", { price: "a30" }, "NEXT_INVOICE");
    expect(owed(model)).toBe(1500);
  });

  test("nothing with all off, before a change and after it", () => {
    const model = live("y120", held("ALL"));
    model.runTo(on("06-11"));
    model.changeItem("item", { price: "a30" }, "IMMEDIATE");
    model.restart(model.now, { interval: "MONTH", count: 1, anchor: model.now, anchorDay: dayOf(model.now) });
    expect(owed(model)).toBe(0);
  });

  test("the share of a fixed discount in each part of a period", () => {
    const model = live("a30", held("TEN"));
    model.runTo(on("06-16"));
    model.changeItem("item", { quantity: 2 }, "NEXT_INVOICE");
    expect(owed(model)).toBe(3500);
    model.runTo(on("07-01"));
    expect(owed(model)).toBe(8500);
  });

  test("the time in arrears up to a change of interval, and the new period", () => {
    const model = live("r30");
    model.runTo(on("06-16"));
    model.changeItem("item", { price: "y120" }, "IMMEDIATE");
    model.restart(model.now, { interval: "YEAR", count: 1, anchor: model.now, anchorDay: 16 });
    expect(owed(model)).toBe(121_500);
  });

  test("one whole period of a start that another day of the month cuts, in arrears as in advance", () => {
    for (const price of ["a30", "r30"] as const) {
      const model = live(price, { anchorDay: 15 });
      model.runTo(on("06-15"));
      model.periods.length = 1;
      expect(owed(model)).toBe(3000);
    }
  });

  test("the share of such a start, or nothing of it, where the price says so", () => {
    const start = { anchorDay: 16 };
    // May 16 to June 16 has 31 days.
    expect(owed(live("part", start))).toBe(1500);
    expect(owed(live("later", start))).toBe(0);
  });

  test("5000 for a seat that came and went in the last period of a discount", () => {
    const model = live("b100", held("TWICE"));
    model.runTo(on("07-11"));
    expect(owed(model)).toBe(10_000);
    model.changeItem("item", { quantity: 2 }, "IMMEDIATE");
    model.changeItem("item", { quantity: 1 }, "IMMEDIATE");
    expect(owed(model)).toBe(10_000);
    model.runTo(on("08-01"));
    expect(owed(model)).toBe(20_000);
  });

  test("no time of a pause less, and nothing after a cancellation with proration", () => {
    const model = live("r30");
    model.runTo(on("06-21"));
    model.pause(model.now, "VOID", null);
    cancelNow(model, true);
    expect(owed(model)).toBe(2000);
  });

  test("time that was active before a pause at the end of the period", () => {
    const model = live("r30");
    model.pauseAtPeriodEnd = true;
    model.runTo(on("07-01"));
    expect(model.status).toBe("PAUSED");
    expect(owed(model)).toBe(3000);
  });

  test("a part of the last period, however its end was said", () => {
    expect(owed(live("a30", { endsOn: on("06-11") }))).toBe(1000);
    const canceled = live("a30");
    canceled.cancelAt = on("07-02");
    canceled.runTo(on("08-01"));
    expect(canceled.status).toBe("CANCELED");
    expect(owed(canceled)).toBe(3097);
    const late = live("a30");
    late.endsOn = on("06-11");
    expect(owed(late)).toBe(3000);
    late.runTo(on("06-11"));
    expect(owed(late)).toBe(1000);
  });

  test("the old price for the rest of a period with NONE, and the quantity at that price", () => {
    const model = live("b100");
    model.runTo(on("06-11"));
    model.changeItem("item", { price: "a30" }, "NONE");
    model.changeItem("item", { quantity: 2 }, "IMMEDIATE");
    // 10000, and twice that for 20 of 30 days; then twice 3000.
    expect(owed(model)).toBe(16_667);
    model.runTo(on("07-01"));
    expect(owed(model)).toBe(22_667);
  });

  test("no share of a change on the last day of a period that is counted by days", () => {
    const model = live("a30", { now: on("06-01T12:00:00Z"), start: on("06-01T12:00:00Z") });
    model.runTo(on("07-01") + day / 4);
    model.changeItem("item", { quantity: 9 }, "IMMEDIATE");
    expect(owed(model, true)).toBe(3000);
  });

  test("time between a cancellation and what takes it back once at most", () => {
    const model = live("r30");
    model.runTo(on("06-21"));
    cancelNow(model, true);
    model.status = "ACTIVE";
    model.setState(model.now, "ACTIVE");
    model.runTo(on("07-01"));
    expect(owed(model)).toBe(3000);
  });
});
