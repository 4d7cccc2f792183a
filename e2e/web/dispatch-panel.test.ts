import { describe, expect, it } from "vitest";
import { type Browser, chromiumPath } from "./support/browser.ts";
import { LOW_CONTRAST, panel, row, UNREACHABLE } from "./support/page.ts";
import { playScene } from "./support/scene.ts";
import { useStage } from "./support/stage.ts";

/** The page asks by itself every 15 seconds; what is live shows long before that, in milliseconds. */
const LIVE = { timeout: 8_000 };

const stage = useStage();

/** A task whose worker and manager poll their inboxes. */
async function pair(task = "auth"): Promise<void> {
  await stage.ledger.task(task, "make it work");
  await stage.ledger.pulling("worker", `${task}-worker`);
  await stage.ledger.pulling("manager", `${task}-manager`);
  await stage.ledger.bind(task, `${task}-worker`, `${task}-manager`);
}

const dispatchPanel = (one: Browser) => panel(one, "Dispatch");
const banner = (one: Browser, text: string) => dispatchPanel(one).getByRole("status").filter({ hasText: text });
const chains = (one: Browser) =>
  dispatchPanel(one).getByRole("list", { name: "Chains" }).getByRole("button", { expanded: false });
const count = (one: Browser, text: string) =>
  dispatchPanel(one).getByRole("list", { name: "Counts" }).getByText(text, { exact: true });

/** The button of a chain, which opens and closes it. */
const chain = (one: Browser, text: string) =>
  dispatchPanel(one).getByRole("list", { name: "Chains" }).getByRole("button").filter({ hasText: text });

describe.runIf(chromiumPath !== undefined)("the Dispatch panel and the inbox", () => {
  it("show a message when another process delivers it, and let go of it when it is taken", async () => {
    await pair();
    const one = await stage.visit();
    await panel(one, "Inbox").getByText("0 waiting").waitFor();
    await stage.ledger.nudge("auth", "run the tests");
    await chain(one, "pending").getByText("waits for Dispatch").waitFor(LIVE);
    await count(one, "1 Queued").waitFor(LIVE);
    await stage.ledger.dispatch();
    await row(one, "Inbox", "nudge worker").waitFor(LIVE);
    await chain(one, "succeeded").getByText("waits to be taken").waitFor(LIVE);
    await count(one, "0 Queued").waitFor();
    await count(one, "1 Inbox").waitFor();
    await count(one, "1 Pull inbox").waitFor();
    await count(one, "0 Consumed").waitFor();
    await stage.ledger.take("auth-worker");
    await row(one, "Inbox", "nudge worker").waitFor({ state: "detached", ...LIVE });
    await count(one, "1 Consumed").waitFor(LIVE);
    await count(one, "0 Inbox").waitFor();
    expect(one.errors).toEqual([]);
  });

  it("ask for nothing while nothing happens", async () => {
    await playScene(stage.ledger);
    const one = await stage.visit();
    await chain(one, "search-index").first().waitFor();
    let asked = 0;
    one.page.on("request", (request) => {
      if (request.url().includes("/trpc/")) asked += 1;
    });
    /** Whether nothing is asked for three seconds. What comes with the beginning of the streams ends some time. */
    const isQuiet = async () => {
      asked = 0;
      await one.page.waitForTimeout(3_000);
      return asked === 0;
    };
    await expect.poll(isQuiet, { timeout: 20_000 }).toBe(true);
    await stage.ledger.notify("search-index", "now");
    await count(one, "2 Queued").waitFor(LIVE);
    expect(asked).toBeGreaterThan(0);
  });

  it("say who carries messages, as dispatchers come and go", async () => {
    const one = await stage.visit();
    await banner(one, "Not observed").getByText("completions will not wake managers").waitFor();
    await dispatchPanel(one).getByText("conveyor dispatch --watch").waitFor();
    const stop = stage.ledger.watch("dispatch-pair");
    await banner(one, "Active").getByText("Routing works").waitFor(LIVE);
    await dispatchPanel(one).getByText("dispatch-pair").waitFor();
    await dispatchPanel(one).getByText("conveyor dispatch --watch").waitFor({ state: "detached" });
    const iteration = () =>
      dispatchPanel(one).getByText("iteration").locator("xpath=following-sibling::dd").textContent().then(Number);
    const before = await iteration();
    await expect.poll(iteration, LIVE).toBeGreaterThan(before);
    await stop();
    await banner(one, "Stale").getByText("may not wake managers").waitFor(LIVE);
    expect(one.errors).toEqual([]);
  });

  it("say why a continuation was blocked, and keep that in sight while more arrives", async () => {
    await pair();
    await stage.ledger.continueWithoutEvidence("auth");
    await stage.ledger.dispatch();
    const one = await stage.visit();
    await count(one, "1 Blocked").waitFor();
    const blocked = chain(one, "continue iteration");
    await blocked.getByText("missing adversarial check evidence").waitFor();
    await blocked.click();
    const opened = row(one, "Dispatch", "continue iteration");
    for (const fact of ["1 of 3", "adversarial check", "worker notified"]) {
      await opened.getByText(fact, { exact: true }).first().waitFor();
    }
    await stage.ledger.nudge("auth", "do the check");
    await chain(one, "nudge worker").waitFor(LIVE);
    await opened.getByText("worker notified").waitFor();
    await blocked.click();
    await opened.getByText("worker notified").waitFor({ state: "detached" });
    expect(one.errors).toEqual([]);
  });

  it("show what was answered to a message, in the inbox and in the lane", async () => {
    await pair();
    await stage.ledger.nudge("auth", "run the tests");
    await stage.ledger.dispatch();
    const one = await stage.visit();
    await row(one, "Inbox", "nudge worker").waitFor();
    await stage.ledger.answer("auth", 1, "worker", "received");
    await row(one, "Inbox", "nudge worker").getByText("received").waitFor(LIVE);
    await stage.ledger.take("auth-worker");
    await stage.ledger.answer("auth", 1, "worker", "accepted");
    await chain(one, "nudge worker").getByText("accepted").waitFor(LIVE);
    await chain(one, "nudge worker").click();
    const step = row(one, "Dispatch", "Notification #1 to auth-worker").last();
    await step.getByText("accepted").waitFor();
    await step.getByText("by auth-worker").waitFor();
    expect(one.errors).toEqual([]);
  });

  it("fetch the words of a message when somebody asks for them and not before, and a note of it stays", async () => {
    const words = "the tests of the parser";
    await pair();
    await stage.ledger.nudge("auth", words);
    const one = await stage.visit();
    const bodies: Promise<string>[] = [];
    one.page.on("response", (response) => {
      if (response.url().includes("/trpc/")) bodies.push(response.text().catch(() => ""));
    });
    const fetched = async () => (await Promise.all(bodies)).some((body) => body.includes(words));
    await chain(one, "pending").click();
    await stage.ledger.dispatch();
    const message = row(one, "Inbox", "nudge worker");
    await message.waitFor(LIVE);
    await row(one, "Dispatch", "Notification #1").last().waitFor(LIVE);
    expect(await fetched()).toBe(false);
    expect(await one.page.content()).not.toContain(words);

    await message.getByRole("button", { name: "Show message 1" }).click();
    await message.getByText(words).waitFor();
    expect(await fetched()).toBe(true);
    await message.getByRole("button", { name: "Hide message 1" }).click();
    await message.getByText(words).waitFor({ state: "detached" });
    expect(await one.page.content()).not.toContain(words);
    const step = row(one, "Dispatch", "Notification #1").last();
    await step.getByRole("button", { name: "Show message 1" }).click();
    await step.getByText(words).waitFor();
    const notes = await stage.ledger.ctx.store.peek((tx) =>
      tx.sql
        .search("SELECT actor, attributes_json FROM telemetry_events WHERE event_type = 'dispatch_message_shown'")
        .all(),
    );
    expect(notes).toEqual(Array(2).fill({ actor: "operator", attributes_json: `{"byte_count":${words.length}}` }));
    expect(one.errors).toEqual([]);
  });

  it("can be narrowed to what failed, and turned back page by page", async () => {
    await pair();
    for (let i = 0; i < 26; i += 1) await stage.ledger.nudge("auth", `message ${i}`);
    await stage.ledger.dispatch();
    await stage.ledger.continueWithoutEvidence("auth");
    await stage.ledger.dispatch();
    const one = await stage.visit();
    const pages = dispatchPanel(one).getByRole("navigation", { name: "Pages of chains" });
    await expect.poll(() => chains(one).count()).toBe(12);
    expect(await pages.getByRole("button", { name: "Newer" }).isDisabled()).toBe(true);
    await pages.getByRole("button", { name: "Older" }).click();
    await chain(one, "continue iteration").waitFor({ state: "detached" });
    await pages.getByRole("button", { name: "Older" }).click();
    await expect.poll(() => chains(one).count()).toBe(3);
    expect(await pages.getByRole("button", { name: "Older" }).isDisabled()).toBe(true);
    await pages.getByRole("button", { name: "Newer" }).click();
    await pages.getByRole("button", { name: "Newer" }).click();
    await chain(one, "continue iteration").waitFor();
    await dispatchPanel(one).getByRole("button", { name: "blocked", exact: true }).click();
    await expect.poll(() => chains(one).count()).toBe(1);
    await dispatchPanel(one).getByRole("button", { name: "failed", exact: true }).click();
    await dispatchPanel(one).getByText("Nothing failed here.").waitFor();
    const inbox = panel(one, "Inbox");
    expect(await inbox.getByRole("listitem").count()).toBe(5);
    await inbox.getByRole("button", { name: "Show 15 more" }).click();
    await inbox.getByText("and 6 newer").waitFor();
    expect(await inbox.getByRole("listitem").count()).toBe(20);
    expect(one.errors).toEqual([]);
  });

  it("can be worked with the keyboard alone, and read by those who do not see it", async () => {
    await playScene(stage.ledger);
    const one = await stage.visit();
    const { page } = one;
    await chain(one, "continue iteration").waitFor();
    await dispatchPanel(one).getByRole("button", { name: "blocked", exact: true }).focus();
    for (const key of ["Tab", "Tab", "ArrowDown", "ArrowDown", "Enter"]) await page.keyboard.press(key);
    const opened = row(one, "Dispatch", "continue iteration");
    await opened.getByText("worker notified").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await opened.getByText("go on", { exact: true }).waitFor();
    expect(await page.evaluate(UNREACHABLE)).toEqual([]);
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("ArrowDown");
    expect(await page.evaluate("document.activeElement.closest('li').textContent")).not.toContain("worker notified");
  });

  it.each([
    { width: 360, scheme: "light" },
    { width: 360, scheme: "dark" },
    { width: 1100, scheme: "light" },
    { width: 1100, scheme: "dark" },
  ] as const)("fit into $width px and are readable in $scheme with everything opened", async ({ width, scheme }) => {
    await playScene(stage.ledger);
    const one = await stage.visit({ width, scheme });
    await chain(one, "continue iteration").waitFor();
    for (const button of await chains(one).elementHandles()) await button.click();
    await one.page
      .getByRole("button", { name: /^Show message/ })
      .first()
      .click();
    // What fades in is measured when it is there.
    await one.page.waitForTimeout(800);
    const overflow = await one.page.evaluate(
      "document.documentElement.scrollWidth - document.documentElement.clientWidth",
    );
    expect(overflow).toBe(0);
    expect(await one.page.evaluate(LOW_CONTRAST)).toEqual([]);
    expect(await one.page.evaluate(UNREACHABLE)).toEqual([]);
    expect(one.errors).toEqual([]);
  });
});
