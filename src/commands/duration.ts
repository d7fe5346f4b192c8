import { z } from "zod";

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads a length of time such as `90d`, `12h` or `30m` as milliseconds. */
export const duration = z
  .string()
  .regex(/^\d{1,6}[mhd]$/, "must be a length of time such as 90d, 12h or 30m")
  .transform((text) => Number(text.slice(0, -1)) * (units[text.slice(-1)] ?? 0));
