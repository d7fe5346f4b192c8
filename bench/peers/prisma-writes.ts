import { randomUUID } from "node:crypto";
import type { Prisma } from "../../src/db/generated/prisma/client.ts";
import { type EventsInput, type Sent, type UpsertInput, type Upserted, payloadOf } from "./inputs.ts";
import { prisma } from "./prisma.ts";
import { environmentId } from "./surroundings.ts";

/** What is written of a record. */
function valuesOf({ email, name, notes }: Sent) {
  return { email, name: name ?? null, notes: notes ?? null };
}

/** One record after the other in one transaction: look it up, then update or create. */
export function upsertOneByOne(input: UpsertInput) {
  return prisma.$transaction(async (transaction) => {
    const done: Upserted[] = [];
    for (const sent of input.customers) done.push(await upsertOne(transaction, input.source, sent));
    return payloadOf(input, done);
  });
}

async function upsertOne(
  transaction: Prisma.TransactionClient,
  source: string,
  sent: Sent,
): Promise<Upserted> {
  const { externalId, externalUpdatedAt } = sent;
  const found = await transaction.externalId.findFirst({
    where: { environmentId, source, externalId, replacedAt: null, releasedAt: null },
  });
  if (!found) {
    const customer = await transaction.customer.create({
      data: {
        ...valuesOf(sent),
        environmentId,
        id: randomUUID(),
        externalIds: { create: { id: randomUUID(), source, externalId, externalUpdatedAt } },
      },
    });
    return { outcome: "CREATED", customer };
  }
  const { id, customerId, externalUpdatedAt: stored } = found;
  const where = { environmentId_id: { environmentId, id: customerId } };
  if (stored && stored > new Date(externalUpdatedAt)) {
    return { outcome: "STALE", customer: await transaction.customer.findUniqueOrThrow({ where }) };
  }
  const customer = await transaction.customer.update({
    where,
    data: {
      ...valuesOf(sent),
      version: { increment: 1 },
      updatedAt: new Date(),
      externalIds: {
        update: { where: { environmentId_id: { environmentId, id } }, data: { externalUpdatedAt } },
      },
    },
  });
  return { outcome: "UPDATED", customer };
}

/** All records looked up at once, the new ones made by `createMany`, and an update for each of the others. */
export function upsertInBulk(input: UpsertInput) {
  const { source, customers } = input;
  return prisma.$transaction(async (transaction) => {
    const found = await transaction.externalId.findMany({
      where: {
        environmentId,
        source,
        externalId: { in: customers.map(({ externalId }) => externalId) },
        replacedAt: null,
        releasedAt: null,
      },
      include: { customer: { select: { name: true } } },
    });
    const links = new Map(found.map((link) => [link.externalId, link]));
    const fresh = customers.filter(({ externalId }) => !links.has(externalId));
    const ids = new Map(fresh.map(({ externalId }) => [externalId, randomUUID()]));
    if (fresh.length) {
      await transaction.customer.createMany({
        data: fresh.map((sent) => ({ ...valuesOf(sent), environmentId, id: ids.get(sent.externalId) ?? "" })),
      });
      await transaction.externalId.createMany({
        data: fresh.map(({ externalId, externalUpdatedAt }) => ({
          environmentId,
          id: randomUUID(),
          customerId: ids.get(externalId) ?? "",
          source,
          externalId,
          externalUpdatedAt,
        })),
      });
    }
    const done: Upserted[] = [];
    for (const sent of customers) {
      const link = links.get(sent.externalId);
      const name = sent.name ?? null;
      if (!link) {
        done.push({ outcome: "CREATED", customer: { id: ids.get(sent.externalId) ?? "", name } });
        continue;
      }
      const { id, customerId } = link;
      const { count } = await transaction.externalId.updateMany({
        where: {
          environmentId,
          id,
          OR: [{ externalUpdatedAt: null }, { externalUpdatedAt: { lte: sent.externalUpdatedAt } }],
        },
        data: { externalUpdatedAt: sent.externalUpdatedAt },
      });
      if (!count) {
        done.push({ outcome: "STALE", customer: { id: customerId, name: link.customer.name } });
        continue;
      }
      await transaction.customer.updateMany({
        where: { environmentId, id: customerId },
        data: { ...valuesOf(sent), version: { increment: 1 }, updatedAt: new Date() },
      });
      done.push({ outcome: "UPDATED", customer: { id: customerId, name } });
    }
    return payloadOf(input, done);
  });
}

/** Events by `createMany`, which leaves out those that are known. */
export async function ingestEvents({ events }: EventsInput) {
  const meters = await prisma.meter.findMany({
    where: { environmentId, eventName: { in: [...new Set(events.map(({ name }) => name))] } },
    select: { id: true, eventName: true },
  });
  const meterIds = new Map(meters.map(({ id, eventName }) => [eventName, id]));
  const rows = events.map(({ customer, name, quantity, timestamp, idempotencyKey }) => ({
    environmentId,
    id: randomUUID(),
    customerId: customer.id,
    meterId: meterIds.get(name) ?? "",
    quantity,
    timestamp,
    idempotencyKey,
  }));
  const ingested = await prisma.$transaction(async (transaction) => {
    const keys = await transaction.usageEventKey.createManyAndReturn({
      data: rows.map(({ id: eventId, idempotencyKey, timestamp }) => ({
        environmentId,
        eventId,
        idempotencyKey,
        timestamp,
      })),
      skipDuplicates: true,
      select: { eventId: true },
    });
    const unknown = new Set(keys.map(({ eventId }) => eventId));
    const { count } = await transaction.usageEvent.createMany({
      data: rows.filter(({ id }) => unknown.has(id)),
    });
    return count;
  });
  return { ingested, duplicates: events.length - ingested, skipped: 0, failed: 0 };
}
