import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { burn } from "../../src/domains/credits/burn.ts";
import type { GrantRow } from "../../src/domains/credits/grant-steps.ts";
import { payFromPurses } from "../../src/domains/credits/pay-lines.ts";
import { invoiceTotals } from "../../src/domains/invoices/totals.ts";
import { decimal, sum } from "../../src/kit/decimal.ts";
import { total } from "../../src/kit/money.ts";

const purses = fc
  .array(
    fc.record({
      pays: fc.constantFrom("USAGE" as const, "EVERYTHING" as const),
      available: fc.bigInt({ min: 0n, max: 5_000n }),
    }),
    { maxLength: 4 },
  )
  .map((all) => all.map((purse, index) => ({ walletId: String(index), ...purse })));
const lines = fc.array(
  fc.record({ metered: fc.boolean(), left: fc.bigInt({ min: -3_000n, max: 10_000n }) }),
  { maxLength: 8 },
);
const runs = { numRuns: 2_000 };

describe("wallets that pay an invoice", () => {
  test("give what its lines get, no more than they hold, and no more than there is to pay", () => {
    fc.assert(
      fc.property(lines, purses, (sent, given) => {
        const { shares, debits } = payFromPurses(sent, given);
        expect(total(shares)).toBe(total(debits.values()));
        expect(
          total(shares) <=
            (total(sent.map(({ left }) => left)) > 0n ? total(sent.map(({ left }) => left)) : 0n),
        ).toBe(true);
        for (const { walletId, available } of given)
          expect((debits.get(walletId) ?? 0n) <= available).toBe(true);
        for (const [index, { left, metered }] of sent.entries()) {
          const share = shares[index] ?? 0n;
          expect(share >= 0n && (share === 0n || share <= left)).toBe(true);
          const unpaid = !metered && given.every(({ pays }) => pays === "USAGE");
          expect(unpaid && share > 0n).toBe(false);
        }
      }),
      runs,
    );
  });

  test("pay all that they can", () => {
    fc.assert(
      fc.property(lines, fc.bigInt({ min: 0n, max: 50_000n }), (sent, available) => {
        const positive = sent.map(({ left, ...line }) => ({ ...line, left: left < 0n ? -left : left }));
        const { shares } = payFromPurses(positive, [{ walletId: "w", pays: "EVERYTHING", available }]);
        const due = total(positive.map(({ left }) => left));
        expect(total(shares)).toBe(available < due ? available : due);
      }),
      runs,
    );
  });

  test("lower what is taxed, line by line, and totals still add up", () => {
    const rate = { id: "vat", percentage: "19" };
    fc.assert(
      fc.property(lines, purses, fc.bigInt({ min: 0n, max: 3_000n }), (sent, given, credit) => {
        const totals = invoiceTotals({
          lines: sent.map(({ left, metered }) => ({ amount: left, metered, taxRates: [rate] })),
          purses: given,
          credit,
        });
        const { subtotal, discount, prepaid, tax, credit: used } = totals;
        expect(totals.total).toBe(subtotal - discount - prepaid + tax - used);
        expect(total(totals.lines.map((line) => line.total))).toBe(totals.total);
        expect(total(totals.lines.map((line) => line.prepaid))).toBe(prepaid);
        expect(total(totals.debits.values())).toBe(prepaid);
        for (const line of totals.lines) {
          expect(line.taxes.map(({ taxable }) => taxable)).toEqual([line.amount - line.prepaid]);
        }
      }),
      runs,
    );
  });
});

describe("grants that are used up", () => {
  const at = (day: number) => new Date(Date.UTC(2026, 0, day));
  const grants = fc
    .array(
      fc.record({
        remaining: fc.integer({ min: 1, max: 1_000_000 }).map((millionths) => `${millionths}e-3`),
        priority: fc.integer({ min: 0, max: 3 }),
        expiresAt: fc.option(fc.integer({ min: 1, max: 5 }).map(at)),
        createdAt: fc.integer({ min: 1, max: 5 }).map(at),
      }),
      { maxLength: 6 },
    )
    .map((all) =>
      all.map(({ remaining, ...grant }, index) => ({
        id: String(index),
        remaining: decimal(remaining),
        ...grant,
      })),
    );

  test("cover what they can, in their order", () => {
    fc.assert(
      fc.property(grants, fc.integer({ min: 1, max: 3_000_000 }), (all, millis) => {
        const wanted = decimal(`${millis}e-3`);
        const { parts, missing } = burn(all as unknown as GrantRow[], wanted);
        const held = sum(all.map(({ remaining }) => remaining));
        const taken = sum(parts.map(({ amount }) => amount)).negated();
        expect(taken.plus(missing).eq(wanted)).toBe(true);
        expect(missing.eq(wanted.gt(held) ? wanted.minus(held) : 0)).toBe(true);
        const used = parts.map(({ grantId }) => all[Number(grantId)]);
        // All but the last are used up, and none comes after one that has a higher priority.
        for (const [index, { amount }] of parts.entries()) {
          const one = used[index];
          const isLast = index === parts.length - 1;
          expect(isLast || amount.negated().eq(one?.remaining ?? 0)).toBe(true);
          expect((one?.priority ?? 0) <= (used[index + 1]?.priority ?? Infinity)).toBe(true);
        }
      }),
      runs,
    );
  });
});
