import { type Numeric, decimal } from "../kit/decimal.ts";
import { Prisma } from "./generated/prisma/client.ts";

/** A decimal as rows hold it. */
export function stored(value: Numeric): Prisma.Decimal {
  return new Prisma.Decimal(decimal(value).toFixed());
}
