import type { Row } from "../../../db/datamodel.ts";
import { builder } from "../../../graph/builder.ts";
import { reads } from "../../../graph/columns.ts";
import { defineList, listQuery, listUnder } from "../../../graph/connections.ts";
import { Node, byIdQuery, entity, relation } from "../../../graph/entities.ts";
import { DateTimeRange } from "../../../graph/values.ts";
import { recordField } from "../../../graph/record-fields.ts";
import { type CreditTransactionFilter, creditTransactions, loadPostings } from "../loaders.ts";
import { CreditAccount, CreditTransactionType } from "./enums.ts";

const CreditPosting = builder.objectRef<Row<"CreditPosting">>("CreditPosting").implement({
  description: "One side of a transaction in the ledger. The sides of a transaction add up to zero.",
  fields: (t) => ({
    account: t.expose("account", { type: CreditAccount, description: "The account that it moves." }),
    grantId: t.exposeID("grantId", {
      nullable: true,
      description: "The grant that it moves; null for accounts other than BALANCE.",
    }),
    amount: t.expose("amount", {
      type: "Decimal",
      description: "In the wallet's unit. On BALANCE above zero for credit that came in.",
    }),
  }),
});

export const CreditTransaction = entity(
  "CreditTransaction",
  "credits:read",
  builder.prismaObject("CreditTransaction", {
    description: "One movement of a wallet, an entry of its ledger. It never changes.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      type: t.expose("type", { type: CreditTransactionType, description: "Why credit moved." }),
      amount: t.expose("amount", {
        type: "Decimal",
        description: "In the wallet's unit: above zero for what came in, below zero for what went.",
      }),
      balance: t.expose("balance", { type: "Decimal", description: "What the wallet held after it." }),
      description: t.exposeString("description", { nullable: true, description: "What it was for." }),
      idempotencyKey: t.exposeString("idempotencyKey", {
        nullable: true,
        description: "The caller's own key that it was consumed with.",
      }),
      metadata: t.expose("metadata", recordField.metadata),
      postings: t.field({
        type: [CreditPosting],
        description: "Its sides: one for each grant, in the order of use, and one on the other side.",
        ...reads("id"),
        resolve: ({ id }, _args, context) => loadPostings(id, context),
      }),
      createdAt: t.expose("createdAt", {
        type: "DateTime",
        description: "When it happened, by the customer's clock.",
      }),
    }),
  }),
);

relation("CreditTransaction", "wallet", {
  to: "Wallet",
  by: "walletId",
  description: "The wallet that moved.",
  nullable: false,
});
relation("CreditTransaction", "customer", { to: "Customer", by: "customerId", description: "Whose it is." });
relation("CreditTransaction", "grant", {
  to: "CreditGrant",
  by: "grantId",
  description: "The grant that it is about; null where it is about several, which the postings name.",
});
relation("CreditTransaction", "invoice", {
  to: "Invoice",
  by: "invoiceId",
  description: "The invoice that was paid for, or that came to nothing; null for neither.",
});

relation("CreditTransaction", "returns", {
  to: "CreditTransaction",
  by: "returnsId",
  description: "The consumption that it gives back of; null unless it does.",
});

byIdQuery(
  "creditTransaction",
  "CreditTransaction",
  CreditTransaction,
  "The movement of a wallet with this id; null when there is none.",
);

const filter = builder.inputRef<CreditTransactionFilter>("CreditTransactionFilter").implement({
  description: "Which movements of wallets.",
  fields: (t) => ({
    type: t.field({
      type: [CreditTransactionType],
      description: "For one of these reasons. An empty list matches nothing.",
    }),
    walletId: t.id({ description: "Movements of this wallet." }),
    created: t.field({ type: DateTimeRange, description: "That happened in this span of time." }),
  }),
});

const list = defineList(creditTransactions, CreditTransaction, filter, { CREATED_AT: "When it happened." });

listQuery("creditTransactions", list, "The ledger: the movements of all wallets, latest first.");
listUnder(list, {
  parent: "Wallet",
  name: "transactions",
  by: "walletId",
  description: "How the wallet moved, latest first.",
  nullable: false,
});
listUnder(list, {
  parent: "CreditGrant",
  name: "transactions",
  by: "grantId",
  description: "How the grant began, recurred, expired or was voided, latest first.",
  nullable: false,
});
listUnder(list, {
  parent: "Invoice",
  name: "creditTransactions",
  by: "invoiceId",
  description: "What wallets have paid of the invoice, and got back, latest first.",
});
