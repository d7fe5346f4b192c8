import { data } from "currency-codes";

/** Codes of ISO 4217 that name no money one could be billed in: metals, funds' accounting units, tests. */
const notMoney = /^X/;
const moneyWithX = new Set(["XAF", "XCD", "XCG", "XOF", "XPF"]);

const digitsByCode: ReadonlyMap<string, number> = new Map(
  data
    .filter(({ code }) => !notMoney.test(code) || moneyWithX.has(code))
    .map(({ code, digits }) => [code, digits]),
);

/** Every ISO 4217 code that an amount may have, upper case. */
export const currencies: ReadonlySet<string> = new Set(digitsByCode.keys());

/**
 * How many digits the minor unit of `currency` has by ISO 4217: 2 for USD, 0 for JPY, 3 for KWD.
 * Unicode's own table is not used: it drops the digits that cash does without.
 */
export function minorDigits(currency: string): number {
  const digits = digitsByCode.get(currency);
  if (digits === undefined) throw new RangeError(`unknown currency ${currency}`);
  return digits;
}

/** `amount` minor units as a text for people, in English notation: `formatMoney(-123456n, "USD")` is `-$1,234.56`. */
export function formatMoney(amount: bigint, currency: string): string {
  const digits = minorDigits(currency);
  const unsigned = (amount < 0n ? -amount : amount).toString().padStart(digits + 1, "0");
  const cut = unsigned.length - digits;
  const decimal = `${amount < 0n ? "-" : ""}${unsigned.slice(0, cut)}${digits ? "." : ""}${unsigned.slice(cut)}`;
  // Intl formats a decimal text exactly; a Number would lose digits.
  return formatter(currency, digits).format(decimal as `${number}`);
}

const formatters = new Map<string, Intl.NumberFormat>();

function formatter(currency: string, digits: number): Intl.NumberFormat {
  let format = formatters.get(currency);
  if (!format) {
    format = new Intl.NumberFormat("en", {
      style: "currency",
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    formatters.set(currency, format);
  }
  return format;
}
