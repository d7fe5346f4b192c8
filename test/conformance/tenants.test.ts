import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { ask, shoot } from "./attack.ts";
import { idsFor, isRead, expectNothingTold, probes } from "./probes.ts";
import { type Stranger, expectNothingOf, newStranger, rowsOf } from "./strangers.ts";

let api: TestApi;
let asker: Stranger;
let stranger: Stranger;
let before: unknown;
beforeAll(async () => {
  api = await startApi();
  asker = await newStranger(api, "an-askers-own");
  stranger = await newStranger(api);
  before = await rowsOf(api, stranger);
});
afterAll(() => api.close());

describe("what another merchant has", () => {
  it("is asked for wherever something can be named", () => {
    expect(probes.length).toBeGreaterThan(100);
    expect(probes.filter(({ parent }) => parent).length).toBeGreaterThan(20);
  });

  it("would be noticed", async () => {
    const connection = (fields: string) => `{ __typename nodes { __typename ${fields} } }`;
    const queries = [`{ __typename customers ${connection("id")} }`, `{ products ${connection("name")} }`];
    for (const query of queries) {
      const hit = await shoot(api, { body: ask(query), headers: { "x-api-key": stranger.key } });
      expect(() => expectNothingOf(stranger, hit)).toThrow("expected");
    }
  });

  it.each(probes.filter(isRead))("cannot be told from nothing by $name", async (probe) => {
    const nothing = await expectNothingTold(api, [asker, stranger], probe, newId());
    for (const value of idsFor(stranger, probe))
      expect(await expectNothingTold(api, [asker, stranger], probe, value)).toBe(nothing);
  });

  it.each(probes)("cannot be reached by $name", async (probe) => {
    for (const value of [...idsFor(stranger, probe), stranger.cursor, stranger.externalId]) {
      await expectNothingTold(api, [asker, stranger], probe, value);
    }
  });

  it.each(["archiveCustomer", "restoreCustomer", "updateCustomer"])(
    "cannot be told from nothing by %s",
    async (name) => {
      const query = `mutation ($id: ID!) { ${name}(input: { customer: { id: $id } }) { customer { id } userErrors { code message path } } }`;
      const answers = [newId(), ...Object.values(stranger.ids)].map(async (id) => {
        const { data } = await shoot(api, { body: ask(query, { id }) });
        return JSON.stringify(data).replaceAll(id, "<named>");
      });
      const [nothing, ...others] = await Promise.all(answers);
      expect(new Set(others)).toEqual(new Set([nothing]));
      expect(nothing).toContain('"NOT_FOUND"');
    },
  );

  it("is as it was", async () => {
    expect(await rowsOf(api, stranger)).toEqual(before);
  });
});
