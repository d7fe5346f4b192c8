import { z } from "zod";
import { type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { type Fault, refuse } from "../../kit/refusal.ts";
import { check } from "../../kit/validate.ts";
import { knownClocks, noSuchClock } from "../clocks/index.ts";
import { type CustomerFields, customerFields, externalReference } from "./fields.ts";
import type { Identity } from "./identities.ts";
import { type CustomerRow, emptyCustomer, mergeFields } from "./merge.ts";
import { inRounds } from "./rounds.ts";
import { newCustomer } from "./write.ts";

/** What became of a customer that was to be created, at its place in the input. */
export interface CreateResult {
  readonly index: number;
  /** The new customer, or the one that has the external id already; null when it was refused. */
  readonly customer: CustomerRow | null;
  readonly created: boolean;
  readonly faults: readonly Fault[];
}

const mostCustomers = 100;

const newCustomerInput = z.strictObject({
  ...customerFields,
  external: externalReference.nullish(),
  testClockId: z.string().nullish(),
});

/**
 * Creates up to 100 customers, each on its own and in order; those that are refused leave the others alone. A customer
 * whose external id is known is not created and not changed: the one that has it is the answer. One transaction.
 */
export async function createCustomers(
  host: TransactionHost,
  writer: Writer,
  customers: readonly unknown[],
): Promise<CreateResult[]> {
  if (!customers.length) refuse("REQUIRED", "Send at least one customer.", ["customers"]);
  if (customers.length > mostCustomers) {
    refuse("TOO_MANY", `Send at most ${mostCustomers} customers at once, not ${customers.length}.`, [
      "customers",
    ]);
  }
  return create(host, writer, customers, (index) => ["customers", String(index)]);
}

/** The same for one customer, with paths that start at the customer itself. */
export async function createCustomer(
  host: TransactionHost,
  writer: Writer,
  customer: unknown,
): Promise<CreateResult> {
  const [result] = await create(host, writer, [customer], () => []);
  return result as CreateResult;
}

interface Candidate extends Identity {
  readonly index: number;
  readonly fields: CustomerFields;
  readonly email: string;
  readonly testClockId: string | null;
}

async function create(
  host: TransactionHost,
  writer: Writer,
  customers: readonly unknown[],
  pathOf: (index: number) => readonly string[],
): Promise<CreateResult[]> {
  const refused: CreateResult[] = [];
  const candidates: Candidate[] = [];
  for (const [index, sent] of customers.entries()) {
    const result = check(newCustomerInput, sent, pathOf(index));
    if ("faults" in result) {
      refused.push({ index, customer: null, created: false, faults: result.faults });
      continue;
    }
    const { external, testClockId, ...fields } = result.value;
    const { email } = fields;
    if (email === undefined) {
      const path = [...pathOf(index), "email"];
      const fault: Fault = { code: "REQUIRED", message: "A customer needs an e-mail address.", path };
      refused.push({ index, customer: null, created: false, faults: [fault] });
      continue;
    }
    const named = {
      source: external?.source ?? null,
      externalId: external?.id ?? null,
      email,
      updatedAt: null,
    };
    candidates.push({ index, fields, ...named, testClockId: testClockId ?? null });
  }
  const done = candidates.length
    ? await transact(host, writer, async (transaction) => {
        const clocks = await knownClocks(
          transaction,
          candidates.flatMap(({ testClockId }) => testClockId ?? []),
        );
        return inRounds(
          transaction,
          candidates,
          ({ index, source, externalId, email, fields, testClockId }, resolved, changes) => {
            if (resolved.customer) return { index, customer: resolved.customer, created: false, faults: [] };
            if (resolved.emailOwner) {
              const message =
                "Another active customer has this e-mail address. Update it, or link it by an upsert.";
              const fault: Fault = { code: "EMAIL_TAKEN", message, path: [...pathOf(index), "email"] };
              return { index, customer: null, created: false, faults: [fault] };
            }
            if (testClockId !== null && !clocks.has(testClockId)) {
              const fault = noSuchClock([...pathOf(index), "testClockId"]);
              return { index, customer: null, created: false, faults: [fault] };
            }
            const values = mergeFields(emptyCustomer, fields);
            const customer = newCustomer(transaction, { ...values, email, testClockId });
            changes.created.push(customer);
            if (source !== null && externalId !== null) {
              changes.linked.push({ customerId: customer.id, source, externalId, externalUpdatedAt: null });
            }
            return { index, customer, created: true, faults: [] };
          },
        );
      })
    : [];
  return [...refused, ...done].toSorted((one, other) => one.index - other.index);
}
