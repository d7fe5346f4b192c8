import { z } from "zod";
import { changeEvent, nextVersion, objectEvent, updateRows } from "../../../db/changes.ts";
import { type TransactionHost, type Writer, transact } from "../../../db/transaction.ts";
import { insertRows } from "../../../db/writes.ts";
import { newId } from "../../../kit/ids.ts";
import { metadataInput } from "../../../kit/metadata.ts";
import { refuse } from "../../../kit/refusal.ts";
import { check, checked } from "../../../kit/validate.ts";
import { people, personFields } from "./person.ts";
import { type SeatResult, planSeats } from "./plan.ts";
import { lockPool, poolReference } from "./pool.ts";

const assignInput = z.strictObject({ ...poolReference, people });

const newPerson = z
  .strictObject({ ...personFields, metadata: metadataInput.nullish() })
  .refine(({ userId, email }) => userId != null || email != null, "must have a userId or an email");

/** Gives people the seats of an item of a subscription, as many as there are; one result each, in their order. */
export async function assignSeats(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<{ readonly results: readonly SeatResult[] }> {
  const input = checked(assignInput, sent);
  const wanted = input.people.map((one, index) => {
    const result = check(newPerson, one, ["people", String(index)]);
    return "faults" in result ? result.faults : result.value;
  });
  return transact(host, writer, async (transaction) => {
    const pool = await lockPool(transaction, input);
    if (!pool.open) {
      const message = "The subscription gives no access at present, so its seats cannot be assigned.";
      refuse("ILLEGAL_STATE", message, ["subscriptionItemId"]);
    }
    const { environmentId, actor, now } = transaction;
    const { customerId, subscriptionId, subscriptionItemId, benefitId } = pool;
    const plan = planSeats(pool, wanted, {
      make: (values) => ({
        ...values,
        environmentId,
        id: newId(),
        customerId,
        subscriptionId,
        subscriptionItemId,
        benefitId,
        assignedAt: pool.now,
        unassignedAt: null,
        createdBy: actor,
        updatedBy: actor,
        version: 1,
        createdAt: now,
        updatedAt: now,
      }),
      next: (before, values) => ({ ...nextVersion(transaction, before, values), updatedBy: actor }),
    });
    await insertRows(transaction, "Seat", plan.added);
    await updateRows(transaction, "Seat", plan.changed);
    transaction.emit(
      ...plan.added.map((seat) => objectEvent("seat.assigned", seat)),
      ...plan.changed.map((change) => changeEvent("seat.updated", change)),
    );
    return { results: plan.results };
  });
}
