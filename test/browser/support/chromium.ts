import { existsSync } from "node:fs";

import { chromium } from "playwright-core";
import type { Browser, BrowserContext, Page } from "playwright-core";

/** Debian's package `chromium`, or the executable that `CHROMIUM_PATH` names. */
export const chromiumPath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
export const noChromium = !existsSync(chromiumPath);
export const noChromiumNote = `there is no Chromium at ${chromiumPath}; CHROMIUM_PATH names another`;

/** A headless Chromium with a new empty profile, which finds no host but 127.0.0.1. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath,
    chromiumSandbox: false,
    args: [
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ],
  });
}

/** What must not happen on a page: requests to other origins (they fail), exceptions, errors in the console. */
export interface Troubles {
  readonly outsideRequests: string[];
  readonly errors: string[];
}

export const noTroubles: Troubles = { outsideRequests: [], errors: [] };

export async function openPage(
  context: BrowserContext,
  url: string,
): Promise<{ page: Page; troubles: Troubles }> {
  const { origin } = new URL(url);
  const troubles: Troubles = { outsideRequests: [], errors: [] };
  await context.route("**/*", async (route) => {
    const requested = route.request().url();
    if (new URL(requested).origin === origin) return route.continue();
    troubles.outsideRequests.push(requested);
    return route.abort();
  });
  // A machine that is busy may take its time.
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  page.on("pageerror", (error) => troubles.errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") troubles.errors.push(message.text());
  });
  await page.goto(url);
  return { page, troubles };
}
