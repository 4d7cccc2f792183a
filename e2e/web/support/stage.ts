import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { Browser, type BrowserOptions, chromiumPath, warnWithoutChromium } from "./browser.ts";
import { Ledger } from "./ledger.ts";
import { phase } from "./page.ts";
import { type PageServer, serve } from "./server.ts";

export interface ServingOptions {
  /** Whether it carries messages itself. Default: no. */
  dispatch?: boolean;
  /** Further variables of its environment, once the ledger's folder is there. */
  env?: (ledger: Ledger) => Promise<Readonly<Record<string, string>>>;
}

/** A ledger of each test's own, the built program that serves it with its page, and at most one browser. */
export class Stage {
  ledger!: Ledger;
  server!: PageServer;
  /** How the server is to run. */
  options: ServingOptions = {};
  #browser: Browser | undefined;

  async begin(): Promise<void> {
    this.ledger = new Ledger();
    Object.assign(this.ledger.env, await this.options.env?.(this.ledger));
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
    this.server = await serve(this.ledger, { port, dispatch: this.options.dispatch });
  }

  /** A browser that has not been anywhere yet. */
  async open(options: BrowserOptions = {}): Promise<Browser> {
    this.#browser = await Browser.open(options);
    return this.#browser;
  }

  /** A browser that is signed in and live. */
  async visit(options: BrowserOptions = {}): Promise<Browser> {
    const browser = await this.open(options);
    await browser.page.goto(await this.server.createLoginUrl());
    await phase(browser, "Live");
    return browser;
  }
}

/** A stage for the tests of one file, set up and taken down around each of them. Without Chromium it stays empty. */
export function useStage(): Stage {
  warnWithoutChromium();
  const stage = new Stage();
  if (chromiumPath === undefined) return stage;
  beforeEach(() => stage.begin());
  afterEach(() => stage.end());
  return stage;
}

/** One ledger, one server and one browser that is signed in, for all tests of a file. Without Chromium there is none. */
export function useSharedStage(
  prepare: (ledger: Ledger) => Promise<unknown>,
  options: ServingOptions = {},
): { stage: Stage; one: () => Browser } {
  warnWithoutChromium();
  const stage = new Stage();
  stage.options = options;
  let browser: Browser | undefined;
  if (chromiumPath !== undefined) {
    beforeAll(async () => {
      await stage.begin();
      await prepare(stage.ledger);
      browser = await stage.visit({ width: 1440, height: 900 });
    });
    afterAll(() => stage.end());
  }
  return {
    stage,
    one: () => {
      if (browser === undefined) throw new Error("there is no browser");
      return browser;
    },
  };
}
