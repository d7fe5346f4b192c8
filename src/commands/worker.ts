import { redisAnnouncements } from "../db/events/redis-announcements.ts";
import { startJobs } from "../jobs/service.ts";
import { startUsageStream } from "../jobs/usage-stream.ts";
import { UsageError, run, withDatabase } from "./command-line.ts";

/** Does jobs, and answers no requests, until it is told to stop. */
await run(() =>
  withDatabase(async (opened, config) => {
    if (opened.kind === "embedded") {
      throw new UsageError(
        "A worker of its own needs DATABASE_URL: the embedded database belongs to one process, which does its jobs itself.",
      );
    }
    const database = { ...opened, prepares: opened.prepares && config.preparedStatements };
    const onError = (error: unknown, message: string): void =>
      console.error(`${new Date().toISOString()} ${message}`, error);
    const told =
      config.redisUrl === undefined
        ? undefined
        : redisAnnouncements(config.redisUrl, (error) => onError(error, "Redis cannot be reached"));
    const jobs = await startJobs({
      database: { ...database, announce: told?.announce },
      works: true,
      onError,
    });
    const usage =
      config.usageStream === undefined
        ? undefined
        : await startUsageStream({
            url: config.usageStream,
            host: { ...database, announce: told?.announce, enqueue: jobs.enqueue },
            works: true,
            onError,
          });
    console.log("The worker is at work. Stop it with SIGTERM or Ctrl+C.");
    await new Promise<void>((resolve) => {
      for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
    });
    await jobs.stop();
    await usage?.stop();
    await told?.close();
  }),
);
