import type { Row } from "../../../db/datamodel.ts";
import { builder } from "../../../graph/builder.ts";
import { reads, shows } from "../../../graph/columns.ts";
import { defineList, listQuery, listUnder } from "../../../graph/connections.ts";
import { Node, byIdQuery, entity, relation } from "../../../graph/entities.ts";
import { DateTimeRange, Money } from "../../../graph/values.ts";
import { type BalanceTransactionFilter, balanceTransactions, loadBalances } from "../loaders.ts";

builder.prismaObjectField("Customer", "balances", (t) =>
  t.field({
    type: [Money],
    description:
      "What the customer has to its credit, one amount a currency, by currency; those that were used up are 0. It pays for the next invoices, taxes included. Never below zero.",
    ...reads("id"),
    resolve: ({ id }, _args, context) => loadBalances(id, context),
  }),
);

type Movement = Row<"CustomerBalanceTransaction">;

const money = (field: "amount" | "balance", description: string) => ({
  type: Money,
  description,
  ...shows({ amount: field, currency: "currency" }, field, "currency"),
  resolve: (movement: Movement) => ({ amount: movement[field], currency: movement.currency }),
});

const CustomerBalanceTransaction = entity(
  "CustomerBalanceTransaction",
  "customers:read",
  builder.prismaObject("CustomerBalanceTransaction", {
    description: "One movement of a customer's balance. It never changes.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      amount: t.field(
        money("amount", "Above zero for credit that came in, below zero for credit that was used."),
      ),
      balance: t.field(money("balance", "What the customer had to its credit after it.")),
      description: t.exposeString("description", { nullable: true, description: "What it was for." }),
      createdAt: t.expose("createdAt", {
        type: "DateTime",
        description: "When it happened, by the customer's clock.",
      }),
    }),
  }),
);

relation("CustomerBalanceTransaction", "customer", {
  to: "Customer",
  by: "customerId",
  description: "Whose balance it is.",
  nullable: false,
});
relation("CustomerBalanceTransaction", "invoice", {
  to: "Invoice",
  by: "invoiceId",
  description: "The invoice that the credit was used for, or that was credited; null for neither.",
});
relation("CustomerBalanceTransaction", "creditNote", {
  to: "CreditNote",
  by: "creditNoteId",
  description: "The credit note that it comes from; null when it comes from something else.",
});

byIdQuery(
  "customerBalanceTransaction",
  "CustomerBalanceTransaction",
  CustomerBalanceTransaction,
  "The movement of a balance with this id; null when there is none.",
);

const filter = builder.inputRef<BalanceTransactionFilter>("CustomerBalanceTransactionFilter").implement({
  description: "Which movements of balances.",
  fields: (t) => ({
    created: t.field({ type: DateTimeRange, description: "That happened in this span of time." }),
  }),
});

const list = defineList(balanceTransactions, CustomerBalanceTransaction, filter, {
  CREATED_AT: "When it happened.",
});

listQuery("customerBalanceTransactions", list, "The movements of all customers' balances, latest first.");
listUnder(list, {
  parent: "Customer",
  name: "balanceTransactions",
  by: "customerId",
  description: "How the customer's balances moved, latest first.",
});
listUnder(list, {
  parent: "Invoice",
  name: "balanceTransactions",
  by: "invoiceId",
  description: "How the invoice and its credit notes moved the customer's balance, latest first.",
});
listUnder(list, {
  parent: "CreditNote",
  name: "balanceTransactions",
  by: "creditNoteId",
  description: "How the note moved the customer's balance, latest first.",
});
