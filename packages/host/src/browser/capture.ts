import type { Env } from "@conveyor/contracts/env";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { Browser, BrowserType } from "playwright-core";
import { type BrowserAttempt, browserArguments, browserAttempts } from "./attempts.ts";
import { mayAsk, type Reach } from "./reach.ts";

/** A page to take a picture of. */
export interface PageToCapture extends Reach {
  url: string;
  width: number;
  height: number;
  env: Env;
}

/** A picture of a page. */
export interface Capture {
  png: Buffer;
  /** The way to the browser that took it. */
  backend: string;
  /** How many things the page asked for and did not get. */
  blocked_requests: number;
}

const LIMIT_MS = 30_000;
/** Where nobody listens: what is not meant for this machine ends there, whichever way the page asks. */
const NOWHERE = "http://127.0.0.1:9";
const NEEDED = "browser-backed QA needs a launchable Playwright Chromium or a configured capture helper";

/**
 * Take a picture of what a page shows in a window of this size, as soon as it has loaded (spec 05 §5.12). Nothing is
 * downloaded, no state is kept, and the page reaches no further than `request` says. Throws `tool_missing`, which begins with
 * `browser_unavailable:` and tells of every attempt; `side_effect_failed`, which begins with `capture_failed:`.
 */
export async function takeCapture(request: PageToCapture): Promise<Capture> {
  const { browser, backend } = await launchBrowser(request);
  try {
    return { backend, ...(await captureIn(browser, request)) };
  } catch (error) {
    throw new ConveyorError("side_effect_failed", `capture_failed: ${NEEDED}: ${firstLine(error)}`, {
      hint: "see that the page loads in a browser within 30 seconds, then try again",
      cause: error,
    });
  } finally {
    await browser.close().catch(() => {});
  }
}

async function captureIn(browser: Browser, request: PageToCapture): Promise<Omit<Capture, "backend">> {
  const { url, width, height } = request;
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: 1,
    serviceWorkers: "block",
    acceptDownloads: false,
  });
  let blocked_requests = 0;
  await context.route("**/*", (route) => {
    if (mayAsk(route.request().url(), request)) return route.continue();
    blocked_requests += 1;
    return route.abort("blockedbyclient");
  });
  const page = await context.newPage();
  page.setDefaultTimeout(LIMIT_MS);
  await page.goto(url, { waitUntil: "load", timeout: LIMIT_MS });
  const png = await page.screenshot({ type: "png", fullPage: false, timeout: LIMIT_MS });
  return { png, blocked_requests };
}

async function launchBrowser(request: PageToCapture): Promise<{ browser: Browser; backend: string }> {
  const chromium = await loadPlaywright();
  const causes: string[] = [];
  for (const attempt of browserAttempts(request.env)) {
    try {
      return { browser: await launch(chromium, attempt, request), backend: attempt.backend };
    } catch (error) {
      causes.push(`${attempt.backend}: ${firstLine(error)}`);
    }
  }
  throw unavailable(causes.join("; "), "install Chromium or Chrome, or name one in CONVEYOR_BROWSER_EXECUTABLE");
}

function launch(chromium: BrowserType, attempt: BrowserAttempt, { env, hosts }: PageToCapture): Promise<Browser> {
  const args = browserArguments(env);
  const { backend: _backend, ...way } = attempt;
  return chromium.launch({
    ...way,
    args,
    headless: true,
    timeout: LIMIT_MS,
    // Chromium itself refuses its sandbox to root.
    chromiumSandbox: process.getuid?.() !== 0 && !args.includes("--no-sandbox"),
    ...(hosts === "loopback" && { proxy: { server: NOWHERE, bypass: "localhost,127.0.0.1,[::1]" } }),
  });
}

/** It comes with no installation of ours: large, and wanted by few. */
async function loadPlaywright(): Promise<BrowserType> {
  try {
    return (await import("playwright-core")).chromium;
  } catch (error) {
    throw unavailable(
      `playwright-core is not installed beside this program (${firstLine(error)})`,
      "install it where Conveyor is installed, for instance `npm install -g playwright-core`; nothing is downloaded with it",
    );
  }
}

function unavailable(cause: string, hint: string): ConveyorError {
  return new ConveyorError("tool_missing", `browser_unavailable: ${NEEDED}: ${cause}`, {
    hint,
    details: { kind: "browser" },
  });
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split("\n").find((line) => line.trim() !== "") ?? "unknown").trim().slice(0, 300);
}
