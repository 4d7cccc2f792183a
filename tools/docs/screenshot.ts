import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Browser } from "../../e2e/web/support/browser.ts";
import { Ledger } from "../../e2e/web/support/ledger.ts";
import { playScene } from "../../e2e/web/support/scene.ts";
import { serve } from "../../e2e/web/support/server.ts";

/** Draws docs/assets/cockpit.png from the built page, server and ledger: `pnpm build && tsx tools/docs/screenshot.ts`. Needs Chromium and tmux. */
const picture = fileURLToPath(new URL("../../docs/assets/cockpit.png", import.meta.url));

/** Stands in the picture as the ledger's folder; must not exist. */
const project = join(tmpdir(), "shop");

mkdirSync(project);
const ledger = new Ledger(project);
await playScene(ledger);
const server = await serve(ledger, { dispatch: true });
const browser = await Browser.open({ width: 1280, height: 1040 });
try {
  const { page } = browser;
  await page.goto(await server.createLoginUrl());
  await page.getByRole("region", { name: "Dispatch" }).getByRole("listitem").first().waitFor();
  await page.getByRole("region", { name: "Inbox" }).getByRole("button", { name: "Show" }).first().waitFor();
  // Rows fade in, and Dispatch delivers what is queued.
  await page.waitForTimeout(3000);
  await page.screenshot({ path: picture });
  process.stderr.write(`${picture}\n`);
} finally {
  await browser.close();
  await server.close();
  await ledger.close();
}
