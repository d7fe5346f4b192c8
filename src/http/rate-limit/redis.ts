import { Redis } from "ioredis";
import type { Logger } from "../logger.ts";
import { type Bucket, type Taken, type TakeTokens, take } from "./bucket.ts";
import { memoryBuckets } from "./memory.ts";

/**
 * Reads the instant at which a bucket will be full and moves it, in one step, by the clock of Redis. The same arithmetic as `take`.
 * KEYS[1] the bucket; ARGV capacity, milliseconds per token, tokens wanted. Gives the instant before, and now.
 */
const script = `
local now = redis.call('TIME')
now = now[1] * 1000 + now[2] / 1000
local full = tonumber(redis.call('GET', KEYS[1]) or '0')
local start = math.max(full, now)
local next = start + ARGV[3] * ARGV[2]
if next - now <= ARGV[1] * ARGV[2] then
  redis.call('SET', KEYS[1], string.format('%.3f', next), 'PX', math.ceil(next - now) + 1000)
end
return { string.format('%.3f', full), string.format('%.3f', now) }
`;

/** How long a request waits for Redis, in milliseconds, before it is counted without. */
const patienceMs = 250;

interface WithScript extends Redis {
  takeTokens(key: string, capacity: number, msPerToken: number, tokens: number): Promise<[string, string]>;
}

/** Buckets that all nodes share. While Redis cannot be reached, each node falls back to buckets of its own. */
export function redisBuckets(url: string, logger: Logger): { take: TakeTokens; close(): Promise<void> } {
  const redis = new Redis(url, { maxRetriesPerRequest: 0, commandTimeout: patienceMs });
  redis.defineCommand("takeTokens", { numberOfKeys: 1, lua: script });
  const alone = memoryBuckets();
  let reachable = true;
  const report = (ok: boolean, error?: unknown): void => {
    if (ok === reachable) return;
    reachable = ok;
    if (ok) logger.info("Redis is reachable again: rate limits are shared");
    else logger.warn({ err: error }, "Redis cannot be reached: rate limits are not shared meanwhile");
  };
  redis.on("error", (error: Error) => report(false, error));
  return {
    take: async (name, bucket, tokens) => {
      try {
        const taken = await takeShared(redis as WithScript, name, bucket, tokens);
        report(true);
        return taken;
      } catch (error) {
        report(false, error);
        return alone(name, bucket, tokens);
      }
    },
    close: async () => {
      redis.disconnect();
    },
  };
}

async function takeShared(redis: WithScript, name: string, bucket: Bucket, tokens: number): Promise<Taken> {
  const { capacity, perMinute } = bucket;
  const wanted = Math.min(tokens, capacity);
  const [full, now] = await redis.takeTokens(
    `billgraph:bucket:${name}`,
    capacity,
    60_000 / perMinute,
    wanted,
  );
  return take(bucket, Number(full), Number(now), tokens).taken;
}
