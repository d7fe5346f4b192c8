import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { platform } from "../src/db/confine.ts";
import { reader } from "../src/db/reader.ts";
import { seedDemo } from "../src/demo/seed.ts";
import { type TestApi, startApi } from "./kit/api.ts";

const readme = resolve(import.meta.dirname, "../README.md");

let api: TestApi;
let commands: string[];
beforeAll(async () => {
  api = await startApi();
  await seedDemo((work) => work(reader(api.database, platform)), {
    environmentId: api.environmentId,
    customers: 20,
    invoicesPerCustomer: 3,
    events: 100,
    seed: 1,
    asOf: new Date().toISOString().slice(0, 10),
  });
  const text = await readFile(readme, "utf8");
  commands = [...text.matchAll(/^```sh\n(curl .*?)\n```$/gms)].map(([, command = ""]) => command);
});
afterAll(() => api.close());

/** Runs a command of the README as a reader would, with the key in KEY, against this server. */
async function paste(command: string): Promise<any> {
  const here = command.replaceAll("http://127.0.0.1:4000", api.url);
  const { stdout } = await promisify(execFile)("sh", ["-c", here], { env: { ...process.env, KEY: api.key } });
  return JSON.parse(stdout);
}

describe("the commands of the README", () => {
  it("are a query and a mutation", () => {
    expect(commands).toHaveLength(2);
  });

  it("read a customer with invoices and subscriptions", async () => {
    const { data, errors } = await paste(commands[0] ?? "");
    expect(errors).toBeUndefined();
    expect(data.customerByExternalId).toMatchObject({ name: "John Doe", email: "john@example.com" });
    expect(data.customerByExternalId.invoices.totalCount).toBeGreaterThan(0);
    expect(data.customerByExternalId.subscriptions.nodes.length).toBeGreaterThan(0);
  });

  it("sync a customer: updated, then unchanged, then stale", async () => {
    const sync = commands[1] ?? "";
    const outcome = async (command: string): Promise<unknown> => {
      const { data } = await paste(command);
      return data.upsertCustomersByExternalId.results.map((result: any) => result.outcome);
    };
    expect(await outcome(sync)).toEqual(["UPDATED"]);
    expect(await outcome(sync)).toEqual(["UNCHANGED"]);
    const older = sync.replace("2026-01-01T00:00:00Z", "2025-01-01T00:00:00Z").replace("John Doe", "Jon");
    expect(await outcome(older)).toEqual(["STALE"]);
  });
});
