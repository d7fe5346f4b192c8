import type { Row } from "../../../db/datamodel.ts";
import { builder } from "../../../graph/builder.ts";
import { reads } from "../../../graph/columns.ts";
import { defineList, listQuery, listUnder } from "../../../graph/connections.ts";
import { Node, byIdQuery, entity, relation } from "../../../graph/entities.ts";
import { DateTimeRange, Money } from "../../../graph/values.ts";
import { recordField } from "../../../graph/record-fields.ts";
import { worthOf } from "../burn.ts";
import { type WalletFilter, wallets } from "../loaders.ts";
import { WalletPays, WalletStatus, WalletUnit } from "./enums.ts";

type WalletRow = Row<"Wallet">;
type Sum = "granted" | "purchased" | "consumed" | "invoiced" | "expired" | "revoked";

const WalletSums = builder.objectRef<WalletRow>("WalletSums").implement({
  description:
    "What went into a wallet and out of it since it was made, in its unit: granted + purchased − consumed − invoiced − expired − revoked is its balance.",
  fields: (t) => {
    const sum = (field: Sum, description: string) => t.expose(field, { type: "Decimal", description });
    return {
      granted: sum("granted", "What was given, once or again and again."),
      purchased: sum("purchased", "What was paid for."),
      consumed: sum("consumed", "What was consumed, less what was given back."),
      invoiced: sum("invoiced", "What paid for invoices, less what was given back."),
      expired: sum("expired", "What was not used in time."),
      revoked: sum("revoked", "What was taken back."),
    };
  },
});

export const Wallet = entity(
  "Wallet",
  "credits:read",
  builder.prismaObject("Wallet", {
    description:
      "What a customer has prepaid or was given, in money or in credits. It is never below zero, and moves by the entries of its ledger alone.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      name: t.exposeString("name", { description: "What it is called." }),
      unit: t.expose("unit", { type: WalletUnit, description: "What its amounts are counted in." }),
      currency: t.expose("currency", {
        type: "Currency",
        nullable: true,
        description: "The currency of the invoices that it pays; null for credits that pay none.",
      }),
      creditValue: t.expose("creditValue", {
        type: "Decimal",
        nullable: true,
        description:
          "What one credit is worth on invoices, in minor units of the currency; null for money, and for credits that pay none.",
      }),
      pays: t.expose("pays", { type: WalletPays, description: "Which lines of invoices it pays." }),
      priority: t.exposeInt("priority", {
        description: "Of several wallets the one with the lowest pays first; then the oldest. 0 to 255.",
      }),
      status: t.expose("status", { type: WalletStatus, description: "Where it stands." }),
      balance: t.expose("balance", {
        type: "Decimal",
        description:
          "What it holds, in its unit. What expires leaves it within a minute, and cannot be used from its end on.",
      }),
      worth: t.field({
        type: Money,
        nullable: true,
        description:
          "What it can pay of invoices, rounded down to whole minor units; null without a currency.",
        ...reads("unit", "currency", "creditValue", "balance"),
        resolve: (wallet) =>
          wallet.currency === null
            ? null
            : { amount: worthOf(wallet, wallet.balance), currency: wallet.currency },
      }),
      sums: t.field({
        type: WalletSums,
        description: "The accounts on the other side of its balance.",
        ...reads("granted", "purchased", "consumed", "invoiced", "expired", "revoked"),
        resolve: (wallet) => wallet,
      }),
      version: t.exposeInt("version", {
        description: "Grows by one with every change but those of its balance.",
      }),
      metadata: t.expose("metadata", recordField.metadata),
      closedAt: t.expose("closedAt", {
        type: "DateTime",
        nullable: true,
        description: "When it was closed, by its customer's clock; null unless it was.",
      }),
      createdAt: t.expose("createdAt", recordField.createdAt),
      updatedAt: t.expose("updatedAt", {
        type: "DateTime",
        description: "When it was last changed, but for its balance.",
      }),
    }),
  }),
);

relation("Wallet", "customer", { to: "Customer", by: "customerId", description: "Whose it is." });

byIdQuery("wallet", "Wallet", Wallet, "The wallet with this id; null when there is none.");

const filter = builder.inputRef<WalletFilter>("WalletFilter").implement({
  description: "Which wallets.",
  fields: (t) => ({
    status: t.field({ type: WalletStatus, description: "In this state." }),
    customerId: t.id({ description: "Wallets of this customer." }),
    created: t.field({ type: DateTimeRange, description: "Created in this span of time." }),
  }),
});

const list = defineList(wallets, Wallet, filter, { CREATED_AT: "When the wallet was created." });

listQuery("wallets", list, "The wallets of all customers.");
listUnder(list, {
  parent: "Customer",
  name: "wallets",
  by: "customerId",
  description: "The customer's wallets, closed ones among them.",
});
