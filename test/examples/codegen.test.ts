import { globSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { executeCodegen } from "@graphql-codegen/cli";
import { afterAll, beforeAll, expect, it } from "vitest";
import config from "../../codegen.ts";
import { type TestApi, startApi } from "../kit/api.ts";

const folder = resolve(import.meta.dirname, "../../examples/dashboard/generated");

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

it("generates from a running API what it generates from schema.graphql", async () => {
  const schema = { [`${api.url}/graphql`]: { headers: { "x-api-key": api.key } } };
  const { result, error } = await executeCodegen({ ...config, schema: [schema] });
  expect(error).toBeNull();
  expect(result.map(({ filename }) => basename(filename)).toSorted()).toEqual(
    globSync("*", { cwd: folder }).toSorted(),
  );
  for (const { filename, content } of result) {
    expect(content).toBe(readFileSync(join(folder, basename(filename)), "utf8"));
  }
});
