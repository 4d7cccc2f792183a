import axe from "axe-core";
import type { Browser } from "./browser.ts";

/** Wait until the page says this of its connection. */
export const phase = ({ page }: Browser, word: string) =>
  page
    .getByRole("status")
    .filter({ hasText: new RegExp(`^${word}$`) })
    .waitFor({ state: "attached" });

/** A part of the page by the name of its region. */
export const part = ({ page }: Browser, title: string | RegExp) =>
  page.getByRole("region", { name: title, exact: true });

/** An item of the queue, by its title. */
export const need = (one: Browser, title: string) =>
  one.page
    .locator(".q")
    .filter({ has: one.page.getByRole("button", { name: title, exact: true }) })
    .first();

/** A task as the fleet shows it. */
export const fleetRow = (one: Browser, task: string) =>
  part(one, "Fleet")
    .getByRole("listitem")
    .filter({ has: one.page.getByRole("link", { name: task, exact: true }) });

/** A message in a list of messages. */
export const message = (one: Browser, text: string) => one.page.locator(".ms").filter({ hasText: text });

/** The notice of something that was done. */
export const receipt = (one: Browser, text: string | RegExp) =>
  part(one, "Receipts").getByRole("listitem").filter({ hasText: text });

/** How much wider the page is than its window, in pixels. */
export const overflow = ({ page }: Browser): Promise<number> =>
  page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

/** What a checker of accessibility finds: roles, names, order of headings, contrast. It runs beside the page's policy. */
export async function findings({ page }: Browser): Promise<string[]> {
  await page.evaluate(axe.source);
  // What fades in is measured when it is there.
  await page.evaluate(
    "Promise.allSettled(document.getAnimations().filter((a) => a.effect.getComputedTiming().iterations === 1).map((a) => a.finished))",
  );
  return page.evaluate(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) =>
      id + ": " + html.slice(0, 160) + " " + any.map(({ message }) => message).join("; ").slice(0, 200))))`);
}
