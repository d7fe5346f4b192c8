import type { CreditPurchaseStatus as Status } from "../../../db/generated/prisma/enums.ts";
import { builder } from "../../../graph/builder.ts";
import { defineList, listQuery, listUnder } from "../../../graph/connections.ts";
import { Node, byIdQuery, entity, relation } from "../../../graph/entities.ts";
import { describedEnum } from "../../../graph/enums.ts";
import { DateTimeRange } from "../../../graph/values.ts";
import { type CreditPurchaseFilter, creditPurchases } from "../loaders.ts";

const CreditPurchaseStatus = describedEnum<Status>(
  "CreditPurchaseStatus",
  "Where a purchase of credit stands. COMPLETED and CANCELED are final.",
  {
    PENDING: "Its invoice is still to be paid. Goes on to COMPLETED, or to CANCELED with its invoice.",
    COMPLETED: "Paid for: the credit was granted.",
    CANCELED: "Its invoice is void: nothing was granted.",
  },
);

export const CreditPurchase = entity(
  "CreditPurchase",
  "credits:read",
  builder.prismaObject("CreditPurchase", {
    description: "Credit that a customer buys: a credit pack, or a top-up of its wallet.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      status: t.expose("status", { type: CreditPurchaseStatus, description: "Where it stands." }),
      amount: t.expose("amount", {
        type: "Decimal",
        description: "What is granted once it is paid for, in the wallet's unit.",
      }),
      completedAt: t.expose("completedAt", {
        type: "DateTime",
        nullable: true,
        description: "When it was paid for, by the customer's clock; null unless it was.",
      }),
      canceledAt: t.expose("canceledAt", {
        type: "DateTime",
        nullable: true,
        description: "When its invoice was voided; null unless it was.",
      }),
      createdAt: t.expose("createdAt", {
        type: "DateTime",
        description: "When it was made, by the customer's clock.",
      }),
      updatedAt: t.expose("updatedAt", { type: "DateTime", description: "When it was last changed." }),
    }),
  }),
);

relation("CreditPurchase", "wallet", {
  to: "Wallet",
  by: "walletId",
  description: "Where the credit goes.",
  nullable: false,
});
relation("CreditPurchase", "customer", { to: "Customer", by: "customerId", description: "Who buys." });
relation("CreditPurchase", "invoice", {
  to: "Invoice",
  by: "invoiceId",
  description: "The invoice that it is paid by.",
});
relation("CreditPurchase", "creditPack", {
  to: "CreditPack",
  by: "creditPackId",
  description: "What is bought; null for a top-up.",
});
relation("CreditPurchase", "grant", {
  to: "CreditGrant",
  by: "grantId",
  description: "The credit that was granted; null before it is paid for.",
});

byIdQuery(
  "creditPurchase",
  "CreditPurchase",
  CreditPurchase,
  "The purchase of credit with this id; null when there is none.",
);

const filter = builder.inputRef<CreditPurchaseFilter>("CreditPurchaseFilter").implement({
  description: "Which purchases of credit.",
  fields: (t) => ({
    status: t.field({
      type: [CreditPurchaseStatus],
      description: "In one of these states. An empty list matches nothing.",
    }),
    creditPackId: t.id({ description: "Purchases of this pack." }),
    created: t.field({ type: DateTimeRange, description: "Made in this span of time." }),
  }),
});

const list = defineList(creditPurchases, CreditPurchase, filter, {
  CREATED_AT: "When the purchase was made.",
});

listQuery("creditPurchases", list, "The purchases of credit of all customers.");
listUnder(list, {
  parent: "Wallet",
  name: "purchases",
  by: "walletId",
  description: "What was bought for the wallet.",
  nullable: false,
});
