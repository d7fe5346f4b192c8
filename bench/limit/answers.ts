import { groupBy } from "../sql/group.ts";
import { type Reads, cursorOf, positionOf } from "../sql/reads.ts";
import { type EventsInput, type UpsertInput, type Writes, upsertPayload } from "../sql/writes.ts";

/** The variables of the workloads' operations. */
export interface Variables {
  readonly id: string;
  readonly key: string;
  readonly first: number;
  readonly after: string | null;
  readonly meterId: string;
  readonly from: string;
  readonly to: string;
  readonly input: UpsertInput & EventsInput;
}

/** How each operation is answered, by its name: the `data` of the answer that GraphQL would give. */
export type Answers = Readonly<Record<string, (variables: Variables) => Promise<object>>>;

const invoicesEach = 10;
const linesEach = 10;
const subscriptionsEach = 10;
const itemsEach = 10;

/** Hand-written answers to the reads: one statement a level, and rows put together in place. */
export function readAnswers(reads: Reads): Answers {
  return {
    async Customer({ id }) {
      const row = await reads.customer(id);
      if (!row) return { customer: null };
      const { email, name, phone, status } = row;
      return { customer: { id, email, name, phone, status } };
    },
    async Walk({ first, after }) {
      const last = (await reads.customers(positionOf(after), first)).at(-1);
      return { customers: { pageInfo: { endCursor: last ? cursorOf(last) : null } } };
    },
    async Invoices({ first, after }) {
      const customers = await reads.customers(positionOf(after), first);
      const invoices = await reads.invoices(idsOf(customers), invoicesEach);
      const lines = groupBy(await reads.lines(idsOf(invoices), linesEach), "invoiceId");
      const byCustomer = groupBy(invoices, "customerId");
      const nodes = customers.map(({ id, name, email }) => {
        const own = (byCustomer.get(id) ?? []).map((invoice) => ({
          id: invoice.id,
          number: invoice.number,
          status: invoice.status,
          total: { amount: invoice.total, currency: invoice.currency },
          createdAt: invoice.createdAt,
          lines: {
            nodes: (lines.get(invoice.id) ?? []).map((line) => ({
              id: line.id,
              position: line.position,
              description: line.description,
              quantity: line.quantity,
              amount: { amount: line.amount, currency: invoice.currency },
            })),
          },
        }));
        return { id, name, email, invoices: { nodes: own } };
      });
      return { customers: { nodes } };
    },
    async Subscriptions({ first, after }) {
      const customers = await reads.customers(positionOf(after), first);
      const ids = idsOf(customers);
      const counting = reads.invoiceCounts(ids);
      const subscriptions = await reads.subscriptions(ids, subscriptionsEach);
      const items = groupBy(await reads.items(idsOf(subscriptions), itemsEach), "subscriptionId");
      const byCustomer = groupBy(subscriptions, "customerId");
      const counts = new Map((await counting).map((row) => [row.id, row.count]));
      const nodes = customers.map(({ id, name }) => {
        const own = (byCustomer.get(id) ?? []).map((subscription) => ({
          id: subscription.id,
          status: subscription.status,
          currency: subscription.currency,
          startedAt: subscription.startedAt,
          items: {
            nodes: (items.get(subscription.id) ?? []).map((item) => ({
              id: item.id,
              position: item.position,
              quantity: item.quantity,
            })),
          },
        }));
        return { id, name, invoices: { totalCount: counts.get(id) ?? 0 }, subscriptions: { nodes: own } };
      });
      return { customers: { nodes } };
    },
    async Usage({ first, after, ...span }) {
      const customers = await reads.customers(positionOf(after), first);
      const rows = await reads.usage(idsOf(customers), span);
      const totals = new Map(rows.map((row) => [row.id, row.total]));
      const nodes = customers.map(({ id, name }) => ({
        id,
        name,
        usage: [{ total: totals.get(id) ?? "0" }],
      }));
      return { customers: { nodes } };
    },
    async Entitlement({ id, key }) {
      const row = await reads.entitlement(id, key);
      if (!row) return { checkEntitlement: null };
      const { limit, used, remaining } = row;
      const entitled = !remaining.startsWith("-") && remaining !== "0";
      const reason = entitled ? "ENTITLED" : "LIMIT_REACHED";
      return { checkEntitlement: { entitled, reason, limit, used, remaining } };
    },
  };
}

/** Hand-written answers to the writes: one statement each. */
export function writeAnswers(writes: Writes): Answers {
  return {
    async Upsert({ input }) {
      return { upsertCustomersByExternalId: upsertPayload(await writes.upsert(input)) };
    },
    async Ingest({ input }) {
      const ingested = await writes.ingest(input);
      const duplicates = input.events.length - ingested;
      return { ingestUsageEvents: { ingested, duplicates, skipped: 0, failed: 0 } };
    },
  };
}

function idsOf(rows: readonly { readonly id: string }[]): string[] {
  return rows.map(({ id }) => id);
}
