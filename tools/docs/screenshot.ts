import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Browser } from "../../e2e/web/support/browser.ts";
import { Ledger } from "../../e2e/web/support/ledger.ts";
import { playScene } from "../../e2e/web/support/scene.ts";
import { serve } from "../../e2e/web/support/server.ts";
import { APPROVAL_DIALOG } from "../../packages/core/src/dispatch/testing/panes.ts";

/** Draws docs/assets/cockpit.png, and each view in four widths in docs/assets/cockpit, from the built page, server and ledger: `pnpm build && tsx tools/docs/screenshot.ts`. Needs Chromium and tmux. */
const picture = fileURLToPath(new URL("../../docs/assets/cockpit.png", import.meta.url));

const folder = fileURLToPath(new URL("../../docs/assets/cockpit/", import.meta.url));

const VIEWS = [
  { name: "task", path: "/tasks/search-index" },
  { name: "timeline", path: "/replay/search-index" },
  { name: "messages", path: "/messages" },
  { name: "campaign", path: "/campaigns/launch" },
  { name: "start", path: "/start" },
] as const;
const WIDTHS = [1440, 1100, 800, 390];

/** Stands in the picture as the ledger's folder; must not exist. */
const project = join(tmpdir(), "shop");

mkdirSync(project);
const ledger = new Ledger(project);
await playScene(ledger);
await ledger.task("checkout-flow", "Take the voucher field out of the checkout");
await ledger.pushed("worker", "checkout-worker", APPROVAL_DIALOG);
await ledger.pulling("manager", "checkout-manager");
await ledger.bind("checkout-flow", "checkout-worker", "checkout-manager");
await ledger.agree("checkout-flow", "The checkout has one step less");
await ledger.agree("auth-refactor", "Nobody is signed out while tokens rotate", "satisfied");
await ledger.agree("auth-refactor", "A revoked token is refused within 60 s");
await ledger.agree("auth-refactor", "Old session cookies still open a session", "proposed");
await ledger.agree("search-index", "No drift between the two indexes", "satisfied");
await ledger.agree("search-index", "p95 stays below 50 ms on every shard", "satisfied");
await ledger.refuseFinish("search-index");
await ledger.lookAround();
await ledger.campaign("launch");
const server = await serve(ledger, { dispatch: true });
const browser = await Browser.open({ width: 1440, height: 900 });
try {
  const { page } = browser;
  await page.goto(await server.createLoginUrl());
  await page.getByRole("heading", { name: /needs? you$/ }).waitFor();
  await page.getByRole("region", { name: "Fleet" }).getByText("1/3").waitFor();
  await page.getByRole("button", { name: "checkout-worker asks for approval", exact: true }).click();
  // Dispatch delivers what is queued.
  await page.waitForTimeout(3000);
  await page.screenshot({ path: picture });
  mkdirSync(folder, { recursive: true });
  for (const { name, path } of VIEWS) {
    await page.goto(server.url + path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      // What was asked for again at this width is there by then.
      await page.waitForTimeout(400);
      await page.screenshot({ path: `${folder}${name}-${width}.png` });
    }
  }
  process.stderr.write(`${picture}\n${folder}\n`);
} finally {
  await browser.close();
  await server.close();
  await ledger.close();
}
