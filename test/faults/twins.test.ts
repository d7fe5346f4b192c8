import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, openTestDatabase, serverUrl } from "../kit/database.ts";
import { Tally, sendUntilAnswered } from "./support/client.ts";
import { effort, patience, report } from "./support/effort.ts";
import { type Program, startProgram } from "./support/program.ts";
import { type FaultTenant, newFaultTenant } from "./support/tenant.ts";

const create = `mutation ($input: CreateCustomerInput!) {
  createCustomer(input: $input) { created customer { id version createdAt } userErrors { code } }
}`;

describe.skipIf(!serverUrl)("twins of one keyed mutation over two processes", () => {
  let database: TestDatabase;
  let tenant: FaultTenant;
  let programs: readonly Program[];
  beforeAll(async () => {
    database = await openTestDatabase();
    tenant = await newFaultTenant(database);
    const url = database.url ?? "";
    programs = await Promise.all([startProgram(url), startProgram(url)]);
  });
  afterAll(async () => {
    await Promise.all(programs.map(({ end }) => end("SIGKILL")));
    await database.close();
  });

  const keys = effort(1, 20);
  const twins = effort(60, 500);

  it(`${keys} of ${twins}: one effect, and one answer for all`, { timeout: patience }, async () => {
    const tally = new Tally();
    const urls = programs.map(({ url }) => url);
    for (let key = 0; key < keys; key++) {
      const email = `twin-${key}@a.example`;
      const call = { apiKey: tenant.apiKey, key: email, query: create, variables: { input: { email } } };
      const replies = await Promise.all(
        Array.from({ length: twins }, (_, twin) =>
          sendUntilAnswered(() => urls[twin % urls.length] ?? "", call, tally),
        ),
      );
      const [first] = replies;
      expect(first?.data.createCustomer).toMatchObject({ created: true, userErrors: [] });
      for (const { data } of replies) expect(data).toEqual(first?.data);
      expect(replies.filter(({ replayed }) => !replayed)).toHaveLength(1);
    }
    report("twins", { keys, twins, ...tally.counts });
    const { environmentId } = tenant;
    expect(await database.prisma.customer.count({ where: { environmentId } })).toBe(keys);
    expect(await database.prisma.event.count({ where: { environmentId } })).toBe(keys);
  });
});
