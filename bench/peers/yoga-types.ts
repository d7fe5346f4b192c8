import { newestFirst } from "./keyset.ts";
import { builder } from "./yoga-builder.ts";

const byPosition = [{ position: "asc" }, { id: "asc" }] as const;

const Money = builder.objectRef<{ amount: bigint; currency: string }>("Money").implement({
  fields: (t) => ({
    amount: t.field({ type: "SafeInt", resolve: ({ amount }) => Number(amount) }),
    currency: t.exposeString("currency"),
  }),
});

const UsageSummary = builder.objectRef<{ total: string }>("UsageSummary").implement({
  fields: (t) => ({ total: t.field({ type: "Decimal", resolve: ({ total }) => total }) }),
});

export const Customer = builder.prismaObject("Customer", {
  fields: (t) => ({
    id: t.exposeID("id"),
    email: t.exposeString("email"),
    name: t.exposeString("name", { nullable: true }),
    phone: t.exposeString("phone", { nullable: true }),
    status: t.exposeString("status"),
    invoices: t.relatedConnection("invoices", {
      cursor: "environmentId_id",
      totalCount: true,
      query: { orderBy: [...newestFirst] },
    }),
    subscriptions: t.relatedConnection("subscriptions", {
      cursor: "environmentId_id",
      query: { orderBy: [...newestFirst] },
    }),
    usage: t.field({
      type: [UsageSummary],
      args: {
        from: t.arg({ type: "DateTime", required: true }),
        to: t.arg({ type: "DateTime", required: true }),
        meterIds: t.arg.idList({ required: true }),
      },
      resolve: ({ id: customerId }, args, { usage }) => usage.load({ customerId, ...args }),
    }),
  }),
});

builder.prismaObject("Invoice", {
  fields: (t) => ({
    id: t.exposeID("id"),
    number: t.exposeString("number", { nullable: true }),
    status: t.exposeString("status"),
    total: t.field({ type: Money, resolve: ({ total: amount, currency }) => ({ amount, currency }) }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    lines: t.relatedConnection("lines", {
      cursor: "environmentId_id",
      query: { orderBy: [...byPosition] },
    }),
  }),
});

builder.prismaObject("InvoiceLine", {
  fields: (t) => ({
    id: t.exposeID("id"),
    position: t.exposeInt("position"),
    description: t.exposeString("description"),
    quantity: t.expose("quantity", { type: "Decimal" }),
    amount: t.field({
      type: Money,
      select: { amount: true, invoice: { select: { currency: true } } },
      resolve: ({ amount, invoice }) => ({ amount, currency: invoice.currency }),
    }),
  }),
});

builder.prismaObject("BillingSubscription", {
  fields: (t) => ({
    id: t.exposeID("id"),
    status: t.exposeString("status"),
    currency: t.exposeString("currency"),
    startedAt: t.expose("startedAt", { type: "DateTime" }),
    items: t.relatedConnection("items", {
      cursor: "environmentId_id",
      query: { orderBy: [...byPosition] },
    }),
  }),
});

builder.prismaObject("SubscriptionItem", {
  fields: (t) => ({
    id: t.exposeID("id"),
    position: t.exposeInt("position"),
    quantity: t.expose("quantity", { type: "Decimal" }),
  }),
});
