import { randomUUID } from "node:crypto";
import type { Database } from "../../src/db/database.ts";
import { platform } from "../../src/db/confine.ts";
import { reader } from "../../src/db/reader.ts";
import { ingestUsageEvents } from "../../src/domains/usage/events/ingest.ts";
import { usageFigures } from "../../src/domains/usage/index.ts";
import { type UsagePlace, makeUsage, openUsageDatabase } from "../data/usage.ts";
import { describeMachine } from "../machine/describe.ts";
import { memoryMiB } from "../machine/process.ts";
import type { Options } from "../options.ts";
import { figure, median } from "../report/statistics.ts";
import { table } from "../report/table.ts";
import { writesOf } from "../sql/writes.ts";

const eventsAtOnce = 1_000;

/** How long figures take while events become more, and what storing events takes beside the bare statement. */
export async function measureUsage(options: Options): Promise<string> {
  const database = await openUsageDatabase(options.databaseUrl);
  try {
    const reads: string[][] = [];
    const writes: string[][] = [];
    for (let events = 10_000; events <= options.usageEvents; events *= 10) {
      const name = events.toLocaleString("en");
      const begun = performance.now();
      const place = await makeUsage(database, events);
      console.error(`${name} events, made in ${Math.round((performance.now() - begun) / 1_000)} s`);
      reads.push([name, ...(await timeReads(database, place, options))]);
      writes.push([name, ...(await timeWrites(database, place, options))]);
    }
    return [
      ...(await describeMachine(database.pool)).map((line) => `- ${line}`),
      "- one connection, in the process; medians; half of the events are of each meter, of 20 customers, over 30 days",
      "- memory is the most that the process had resident after one of the calls, in MiB, the benchmark's own included",
      "",
      "The figures of 20 customers, in milliseconds:",
      "",
      table(
        [
          "events",
          "SUM of 30 days",
          "by summing events up",
          "SUM to the middle of hours",
          "1,000 different users counted",
          "30 days of 20 customers",
          "memory",
        ],
        reads,
      ),
      "",
      `${eventsAtOnce.toLocaleString("en")} new events at once, events per second:`,
      "",
      table(["events before", "ingestUsageEvents", "bare INSERT", "ratio", "memory"], writes),
    ].join("\n");
  } finally {
    await database.close();
  }
}

async function timeReads(database: Database, place: UsagePlace, options: Options): Promise<string[]> {
  const { environmentId, customerIds, from, to } = place;
  const read = reader(database, platform);
  const figures = (meterId: string, shift = 0) =>
    usageFigures(
      read,
      environmentId,
      customerIds.map((customerId) => ({
        meterId,
        customerId,
        from: new Date(from.getTime() + shift),
        to: new Date(to.getTime() - shift),
      })),
    );
  const days = Array.from({ length: 30 }, (_, day) => new Date(from.getTime() + day * 86_400_000));
  const asked = [
    () => figures(place.sum),
    () =>
      database.pool.query(
        `SELECT customer_id, sum(quantity) FROM usage_events WHERE environment_id = $1 AND customer_id = ANY($2::uuid[])
         AND meter_id = $3 AND "timestamp" >= $4 AND "timestamp" < $5 AND voided_at IS NULL GROUP BY 1`,
        [environmentId, customerIds, place.sum, from, to],
      ),
    () => figures(place.sum, 1_800_000),
    () => figures(place.unique),
    () =>
      usageFigures(
        read,
        environmentId,
        customerIds.flatMap((customerId) =>
          days.map((day) => ({
            meterId: place.sum,
            customerId,
            from: day,
            to: new Date(day.getTime() + 86_400_000),
          })),
        ),
      ),
  ];
  const times: string[] = [];
  const memory = watchMemory();
  for (const ask of asked) times.push(figure(await medianTime(ask, options.seconds, memory.look)));
  return [...times, figure(memory.peak())];
}

async function timeWrites(database: Database, place: UsagePlace, options: Options): Promise<string[]> {
  const { environmentId, customerIds } = place;
  const bare = writesOf(database.pool, environmentId);
  const writer = { environmentId, actor: "bench", requestId: null };
  const batch = () => ({
    events: Array.from({ length: eventsAtOnce }, (_, index) => ({
      name: "sum",
      customer: { id: customerIds[index % customerIds.length] ?? "" },
      quantity: "1",
      timestamp: new Date(Date.now() - index * 1_000).toISOString(),
      idempotencyKey: randomUUID(),
    })),
  });
  const product: number[] = [];
  const statement: number[] = [];
  const memory = watchMemory();
  // In turns, so that both see the same machine. The first of each is not counted.
  const until = performance.now() + options.seconds * 2_000;
  for (let turn = 0; turn < 6 || performance.now() < until; turn += 1) {
    const [own, others] = [batch(), batch()];
    const one = await timeOf(() => ingestUsageEvents(database, { ...writer, now: new Date() }, own));
    memory.look();
    const other = await timeOf(() => bare.ingest(others));
    if (turn) {
      product.push(one);
      statement.push(other);
    }
  }
  const perSecond = (times: readonly number[]) => (eventsAtOnce / median(times)) * 1_000;
  const [ours, theirs] = [perSecond(product), perSecond(statement)];
  return [figure(ours), figure(theirs), (ours / theirs).toFixed(2), figure(memory.peak())];
}

/** The most memory that this process was seen with, in MiB. */
function watchMemory() {
  let most = 0;
  return {
    look: (): void => void (most = Math.max(most, memoryMiB([process.pid]))),
    peak: (): number => most,
  };
}

async function medianTime(work: () => Promise<unknown>, seconds: number, after: () => void): Promise<number> {
  const times: number[] = [];
  const until = performance.now() + seconds * 1_000;
  for (let turn = 0; turn < 4 || performance.now() < until; turn += 1) {
    const time = await timeOf(work);
    after();
    if (turn) times.push(time);
  }
  return median(times);
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
