import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { RunningServer } from "../../../apps/server/src/index.ts";
import { Browser, type BrowserOptions, chromiumPath, warnWithoutChromium } from "./browser.ts";
import { Ledger } from "./ledger.ts";
import { phase } from "./page.ts";
import { buildPage, serve } from "./server.ts";

/** The built page, a ledger of each test's own with a server, and at most one browser. */
export class Stage {
  ledger!: Ledger;
  server!: RunningServer;
  #pageFolder = "";
  #browser: Browser | undefined;

  async build(): Promise<void> {
    this.#pageFolder = mkdtempSync(join(tmpdir(), "conveyor-page-"));
    await buildPage(this.#pageFolder);
  }

  remove(): void {
    rmSync(this.#pageFolder, { recursive: true, force: true });
  }

  async begin(): Promise<void> {
    this.ledger = new Ledger();
    await this.serve();
  }

  async end(): Promise<void> {
    await this.#browser?.close();
    this.#browser = undefined;
    await this.server.close();
    await this.ledger.close();
  }

  /** Serve the ledger, again at the same port when one is given. */
  async serve(port?: number): Promise<void> {
    this.server = await serve(this.ledger, this.#pageFolder, port);
  }

  /** A browser that has not been anywhere yet. */
  async open(options: BrowserOptions = {}): Promise<Browser> {
    this.#browser = await Browser.open(options);
    return this.#browser;
  }

  /** A browser that is signed in and live. */
  async visit(options: BrowserOptions = {}): Promise<Browser> {
    const browser = await this.open(options);
    await browser.page.goto(this.server.createLoginUrl());
    await phase(browser, "Live");
    return browser;
  }
}

/** A stage for the tests of one file, set up and taken down around each of them. Without Chromium it stays empty. */
export function useStage(): Stage {
  warnWithoutChromium();
  const stage = new Stage();
  if (chromiumPath === undefined) return stage;
  beforeAll(() => stage.build());
  afterAll(() => stage.remove());
  beforeEach(() => stage.begin());
  afterEach(() => stage.end());
  return stage;
}
