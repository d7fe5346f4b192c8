import type { BillingReason as Reason } from "../../../db/generated/prisma/enums.ts";
import { describedEnum } from "../../../graph/enums.ts";

export const BillingReason = describedEnum<Reason>("BillingReason", "What made an invoice.", {
  MANUAL: "The merchant.",
  EXTERNAL: "Another system.",
  SUBSCRIPTION_CREATE: "The start of a subscription.",
  SUBSCRIPTION_CYCLE: "A new period of a subscription.",
  SUBSCRIPTION_UPDATE: "A change of a subscription.",
  SUBSCRIPTION_CANCEL: "The end of a subscription, and what came late of its usage.",
  CREDIT_PURCHASE: "The sale of a credit pack.",
  WALLET_TOP_UP: "Credit that a customer puts into a wallet.",
});
