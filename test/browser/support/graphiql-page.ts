import type { Page } from "playwright-core";

/** The parts of GraphiQL that the tests use, found by what a screen reader is told. */
export function graphiqlPage(page: Page) {
  return {
    run: page.getByRole("button", { name: /^Execute query/ }),
    showHeaders: page.getByRole("button", { name: "Headers" }),
    headersPane: page.getByRole("region", { name: "Headers" }),
    showDocs: page.getByRole("button", { name: "Show Documentation Explorer" }),
    docs: page.getByRole("region", { name: "Documentation Explorer" }),
    result: page.getByRole("region", { name: "Result Window" }),
    selectedTab: (name: string) => page.getByRole("tab", { name, selected: true }),

    tabNames(): Promise<string[]> {
      return page.getByRole("tab").locator("button:first-of-type").allInnerTexts();
    },

    /** Resolves once GraphiQL has read the tab's document: until then, 100 ms, it would run the one before. */
    async select(name: string): Promise<void> {
      const tab = page.getByRole("tab", { name });
      if ((await tab.getAttribute("aria-selected")) === "true") return;
      await tab.getByRole("button", { name, exact: true }).click();
      await page.waitForFunction(
        (operation) =>
          Object.entries(localStorage).some(
            ([key, value]) => key.endsWith(":query") && value.includes(operation),
          ),
        ` ${name}`,
      );
    },

    /** Runs the selected tab's operation; the server's answer to it. */
    async execute(operationName: string): Promise<unknown> {
      const [response] = await Promise.all([
        page.waitForResponse((candidate) =>
          Boolean(candidate.request().postData()?.includes(`"operationName":"${operationName}"`)),
        ),
        page.getByRole("button", { name: /^Execute query/ }).click(),
      ]);
      return response.json();
    },
  };
}
