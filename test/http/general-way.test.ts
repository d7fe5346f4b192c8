import { afterAll, beforeAll, describe } from "vitest";

/** What is said of requests by the tests of the short way holds for the general way, through Yoga, as well. */
const files = [
  "./documents-only.test.ts",
  "./errors.test.ts",
  "./hygiene.test.ts",
  "./idempotency.test.ts",
  "./persisted.test.ts",
  "./rate-limit.test.ts",
  "./requests.test.ts",
  "../access/versions.test.ts",
  "../conformance/http.test.ts",
];

beforeAll(() => {
  process.env["TEST_DOOR"] = "general";
});
afterAll(() => {
  delete process.env["TEST_DOOR"];
});

for (const file of files) {
  describe(`by Yoga: ${file}`, async () => {
    await import(file);
  });
}
