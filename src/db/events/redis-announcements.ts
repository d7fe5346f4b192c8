import { Redis } from "ioredis";
import type { Announcements } from "./hub.ts";

const channel = "billgraph:events";

/** Announcements that all nodes on a Redis hear. While it cannot be reached, each node finds news by looking. */
export function redisAnnouncements(url: string, onError: (error: unknown) => void): Announcements {
  const options = { maxRetriesPerRequest: 0, enableOfflineQueue: false };
  const speaker = new Redis(url, options);
  speaker.on("error", onError);
  let listener: Redis | undefined;
  return {
    announce: (environmentId) => {
      // Whoever listens looks by itself within a second.
      speaker.publish(channel, environmentId).catch(() => {});
    },
    listen: (wake) => {
      // A connection that listens can do nothing else.
      listener = new Redis(url);
      listener.on("error", onError);
      listener.on("message", (_channel, environmentId) => wake(environmentId));
      listener.subscribe(channel).catch(onError);
    },
    close: async () => {
      speaker.disconnect();
      listener?.disconnect();
    },
  };
}
