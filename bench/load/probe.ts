import { Agent, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const everyMs = 25;

/** Asks for a small page again and again while `work` runs. Gives its result, and the milliseconds of each answer, sorted. */
export async function probe<T>(
  url: string,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly latencies: Float64Array }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const latencies: number[] = [];
  let done = false;
  const asking = (async () => {
    while (!done) {
      const began = performance.now();
      await answerOf(url, agent);
      latencies.push(performance.now() - began);
      await sleep(everyMs);
    }
  })();
  try {
    const result = await work();
    return { result, latencies: Float64Array.from(latencies).toSorted() };
  } finally {
    done = true;
    await asking;
    agent.destroy();
  }
}

function answerOf(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => response.resume().once("end", resolve)).once("error", reject);
  });
}
