import { Agent, type IncomingHttpHeaders, get } from "node:http";
import { afterAll, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";

const agent = new Agent({ keepAlive: true });
const started: TestApi[] = [];
afterAll(async () => {
  agent.destroy();
  await Promise.all(started.map((api) => api.close()));
});

async function headersOf(timeOuts: { keepAliveMs?: number }): Promise<IncomingHttpHeaders> {
  const api = await startApi({ timeOuts });
  started.push(api);
  return new Promise((resolve, reject) => {
    get(`${api.url}/nothing`, { agent }, (response) => {
      response.resume().once("end", () => resolve(response.headers));
    }).once("error", reject);
  });
}

it("an idle connection stays open for longer than usual balancers keep theirs", async () => {
  expect(await headersOf({})).toMatchObject({ "keep-alive": "timeout=75" });
});

it("an idle connection stays open for as long as is set", async () => {
  expect(await headersOf({ keepAliveMs: 620_000 })).toMatchObject({ "keep-alive": "timeout=620" });
});
