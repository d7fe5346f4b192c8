import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { buildSchema } from "../../src/graph/schema.ts";
import { readExamples } from "../../src/http/graphiql/examples.ts";
import type { TestApi } from "../kit/api.ts";
import { launchChromium, noChromium, noChromiumNote, noTroubles, openPage } from "./support/chromium.ts";
import type { Troubles } from "./support/chromium.ts";
import { graphiqlPage } from "./support/graphiql-page.ts";
import { startPlayground } from "./support/playground.ts";

const exampleNames = readExamples().map(({ name }) => name);
const customerDescription = buildSchema().getType("Customer")!.description!.replaceAll("`", "");

describe("GraphiQL in Chromium", () => {
  let api: TestApi;
  let browser: Browser;
  let page: Page;
  let troubles: Troubles;

  beforeAll(async () => {
    if (noChromium) return;
    [api, browser] = await Promise.all([startPlayground(), launchChromium()]);
  });

  beforeEach(async ({ skip }) => {
    skip(noChromium, noChromiumNote);
    const context = await browser.newContext({ viewport: { width: 1400, height: 850 } });
    ({ page, troubles } = await openPage(context, `${api.url}/graphql`));
    await graphiqlPage(page).run.waitFor();
  });

  afterEach(async () => {
    await page?.context().close();
  });

  afterAll(async () => {
    await browser?.close();
    await api?.close();
  });

  it("opens with the examples as tabs and the sandbox key as a header", async () => {
    const graphiql = graphiqlPage(page);
    expect(await page.title()).toBe("Billgraph");
    expect(await graphiql.tabNames()).toEqual(exampleNames);
    await graphiql.showHeaders.click();
    await graphiql.headersPane.getByText(api.key).waitFor();
    expect(troubles).toEqual(noTroubles);
  });

  it.each(exampleNames)("runs %s", async (name) => {
    const graphiql = graphiqlPage(page);
    await graphiql.select(name);
    const result = await graphiql.execute(name);
    expect(result).toHaveProperty("data");
    expect(result).not.toHaveProperty("errors");
    await graphiql.result.getByText('"data"').waitFor();
    expect(troubles).toEqual(noTroubles);
  });

  it("opens the documentation of a type", async () => {
    const graphiql = graphiqlPage(page);
    await graphiql.showDocs.click();
    await graphiql.docs.getByRole("link", { name: "Customer", exact: true }).click();
    await graphiql.docs.getByText(customerDescription).waitFor();
    expect(troubles).toEqual(noTroubles);
  });

  it("changes tabs after the window was resized", async () => {
    const graphiql = graphiqlPage(page);
    await page.setViewportSize({ width: 1100, height: 700 });
    for (const name of exampleNames.toReversed()) {
      await graphiql.select(name);
      await graphiql.selectedTab(name).waitFor();
    }
    expect(troubles).toEqual(noTroubles);
  });

  it("shows the same tabs after a reload, and stores no key", async () => {
    const graphiql = graphiqlPage(page);
    await graphiql.select(exampleNames.at(-1)!);
    await page.waitForFunction(
      (index) => Object.values(localStorage).some((value) => value.includes(`"activeTabIndex":${index}`)),
      exampleNames.length - 1,
    );
    await page.reload();
    await graphiql.selectedTab(exampleNames.at(-1)!).waitFor();
    expect(await graphiql.tabNames()).toEqual(exampleNames);
    expect(JSON.stringify(await page.context().storageState())).not.toContain(api.key);
    expect(troubles).toEqual(noTroubles);
  });
});
