import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";

const EXECUTABLES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const chromiumPath = EXECUTABLES.find((path) => existsSync(path));

/** Say loudly that nothing is tested where there is no browser. */
export function warnWithoutChromium(): void {
  if (chromiumPath !== undefined) return;
  console.warn(`\n!!! No Chromium (${EXECUTABLES.join(", ")}): the web client is NOT tested. Install chromium.\n`);
}

export interface BrowserOptions {
  width?: number;
  height?: number;
  scheme?: "light" | "dark";
  scale?: number;
}

/** A fresh browser with one page, and what went wrong in it. */
export class Browser {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Console errors and uncaught exceptions so far. */
  readonly errors: string[] = [];
  /** Origins that anything was asked of. */
  readonly origins = new Set<string>();
  readonly #folder: string;

  private constructor(context: BrowserContext, page: Page, folder: string) {
    this.context = context;
    this.page = page;
    this.#folder = folder;
    page.on("console", (message) => {
      // What a graphics card that is none says of a picture that is taken of it is no fault of the page.
      if (message.text().startsWith("[.WebGL-")) return;
      if (message.type() === "error" || message.type() === "warning") this.errors.push(message.text());
    });
    page.on("pageerror", (error) => this.errors.push(error.message));
    page.on("request", (request) => this.origins.add(new URL(request.url()).origin));
    page.on("websocket", (socket) => this.origins.add(new URL(socket.url().replace(/^ws/, "http")).origin));
  }

  static async open({
    width = 1280,
    height = 800,
    scheme = "light",
    scale = 1,
  }: BrowserOptions = {}): Promise<Browser> {
    const folder = mkdtempSync(join(tmpdir(), "conveyor-chromium-"));
    const context = await chromium.launchPersistentContext(folder, {
      executablePath: chromiumPath,
      args: ARGUMENTS,
      viewport: { width, height },
      colorScheme: scheme,
      deviceScaleFactor: scale,
      locale: "en-GB",
      timezoneId: "UTC",
    });
    const page = context.pages()[0] ?? (await context.newPage());
    page.setDefaultTimeout(15_000);
    return new Browser(context, page, folder);
  }

  async close(): Promise<void> {
    await this.context.close();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
