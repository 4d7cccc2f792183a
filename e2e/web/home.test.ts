import { describe, expect, it } from "vitest";
import { APPROVAL_DIALOG } from "../../packages/core/src/dispatch/testing/panes.ts";
import { chromiumPath } from "./support/browser.ts";
import { fleetRow, need, part, receipt } from "./support/page.ts";
import { playScene } from "./support/scene.ts";
import { useStage } from "./support/stage.ts";

/** What is live shows long before that, in milliseconds. */
const LIVE = { timeout: 8_000 };

const stage = useStage();

/** A task whose worker and manager poll their inboxes. */
async function pair(task = "auth"): Promise<void> {
  await stage.ledger.task(task, "make it work");
  await stage.ledger.pulling("worker", `${task}-worker`);
  await stage.ledger.pulling("manager", `${task}-manager`);
  await stage.ledger.bind(task, `${task}-worker`, `${task}-manager`);
}

describe.runIf(chromiumPath !== undefined)("home", () => {
  it("puts first who stands still, says why and since when, and counts it in title and icon", async () => {
    for (const name of ["calm", "stuck"]) {
      await stage.ledger.task(name, "g");
      const dialog = name === "stuck" ? APPROVAL_DIALOG : undefined;
      await stage.ledger.pushed("worker", `${name}-worker`, dialog);
      await stage.ledger.pulling("manager", `${name}-manager`);
      await stage.ledger.bind(name, `${name}-worker`, `${name}-manager`);
    }
    await stage.ledger.dispatch();
    const one = await stage.visit();
    const { page } = one;
    await fleetRow(one, "stuck").waitFor();
    await stage.ledger.lookAround();
    await need(one, "stuck-worker asks for approval").waitFor(LIVE);
    // Nobody carries messages either.
    await page.getByRole("heading", { level: 1, name: "2 need you" }).waitFor(LIVE);
    await expect.poll(() => page.title()).toBe("(2) Home · Conveyor");
    expect(await page.locator('link[rel="icon"]').getAttribute("href")).toBe("/favicon-now.svg");
    const item = need(one, "stuck-worker asks for approval");
    await item.getByText(/^waits \d+ (s|min)$/).waitFor();
    await page.getByRole("button", { name: "stuck-worker asks for approval", exact: true }).click();
    await item.getByText("tmux attach -t '=stuck-worker'").waitFor();
    await item.getByText("Worker, can be typed to, from screen").waitFor();
    expect(await part(one, "Fleet").getByRole("listitem").first().textContent()).toContain("stuck");
    await fleetRow(one, "stuck").getByText("Waiting").waitFor();
    await part(one, "Fleet").getByRole("button", { name: "1 stand still" }).click();
    await fleetRow(one, "calm").waitFor({ state: "detached" });
    // Somebody answers in the terminal; the page hears of the end of it by itself.
    await stage.ledger.ctx.host.tmux.kill("stuck-worker");
    await item.waitFor({ state: "detached", ...LIVE });
    expect(one.errors).toEqual([]);
  });

  it("tells of a worker that ended, and sets its task free after asking, with a receipt", async () => {
    await stage.ledger.task("auth", "g");
    await stage.ledger.pushed("worker", "ada");
    await stage.ledger.pulling("manager", "dan");
    await stage.ledger.bind("auth", "ada", "dan");
    const one = await stage.visit();
    const { page } = one;
    await fleetRow(one, "auth").waitFor();
    await stage.ledger.ctx.host.tmux.kill("ada");
    const item = need(one, "ada ended without finishing");
    await item.getByRole("button", { name: "Unbind" }).click(LIVE);
    const dialog = page.getByRole("dialog", { name: "Unbind auth?" });
    await dialog.getByText("conveyor unbind --task auth").waitFor();
    expect(await page.evaluate("document.activeElement?.textContent")).toBe("Cancel");
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    await fleetRow(one, "auth").getByText("Ended", { exact: true }).waitFor();
    await item.getByRole("button", { name: "Unbind" }).click();
    await dialog.getByRole("button", { name: "Unbind", exact: true }).click();
    await receipt(one, "auth is unbound").getByText("conveyor unbind --task auth").waitFor();
    await fleetRow(one, "auth").getByText("Paused").waitFor(LIVE);
    await item.waitFor({ state: "detached" });
    await need(one, "ada ended").getByRole("button", { name: "Mark as gone" }).click();
    await receipt(one, "ada is marked as gone").waitFor();
    await need(one, "ada ended").waitFor({ state: "detached", ...LIVE });

    await page.getByRole("button", { name: "What you did" }).click();
    const did = page.getByRole("dialog", { name: "What you did" });
    expect(await did.locator(".ac").count()).toBe(2);
    await did.getByText("Answer as JSON").first().click();
    await did.getByText('"state": "gone"').waitFor();
    expect(one.errors).toEqual([]);
  });

  it("queues anew what was never delivered", async () => {
    await pair();
    await stage.ledger.nudge("auth", "run the tests");
    await stage.ledger.unbind("auth");
    await stage.ledger.dispatch();
    await stage.ledger.bind("auth", "auth-worker", "auth-manager");
    const one = await stage.visit();
    const item = need(one, "Instruction not delivered");
    await item.getByRole("button", { name: "Retry" }).click(LIVE);
    await receipt(one, "Queued anew").getByText("conveyor commands retry").waitFor();
    await item.waitFor({ state: "detached", ...LIVE });
    const count = await stage.ledger.ctx.store.peek((tx) =>
      tx.sql.search("SELECT count(*) AS n FROM commands WHERE type = 'nudge_worker' AND state = 'pending'").get(),
    );
    expect(count).toEqual({ n: 1 });
    expect(one.errors).toEqual([]);
  });

  it("tells of what lies unread or unanswered for too long, and gives it back", async () => {
    await pair();
    stage.ledger.age = 1_200;
    await stage.ledger.nudge("auth", "first");
    await stage.ledger.dispatch();
    await stage.ledger.take("auth-worker");
    await stage.ledger.nudge("auth", "second");
    await stage.ledger.dispatch();
    stage.ledger.age = 0;
    const one = await stage.visit();
    await need(one, "auth-worker has 1 unread message").getByText("waits 20 min").waitFor(LIVE);
    const item = need(one, "auth-worker has not answered #1");
    await item.getByRole("button", { name: "Give back" }).click();
    await receipt(one, "#1 lies in the inbox of auth-worker again").waitFor();
    await item.waitFor({ state: "detached", ...LIVE });
    await need(one, "auth-worker has 2 unread messages").waitFor(LIVE);
    await stage.ledger.take("auth-worker");
    await need(one, "auth-worker has 1 unread message").waitFor(LIVE);
    expect(one.errors).toEqual([]);
  });

  it("says that nobody carries messages, as soon as nobody does", async () => {
    await pair();
    const one = await stage.visit();
    await need(one, "Nobody carries messages").waitFor(LIVE);
    const stop = stage.ledger.watch("dispatch-pair");
    await need(one, "Nobody carries messages").waitFor({ state: "detached", ...LIVE });
    await one.page.getByText(/^Dispatch runs/).waitFor();
    await stop();
    await need(one, "Dispatch is silent").waitFor(LIVE);
    await one.page.getByRole("button", { name: "What to do: Dispatch is silent" }).click();
    await need(one, "Dispatch is silent").getByText("conveyor dispatch --watch").waitFor();
    expect(one.errors).toEqual([]);
  });

  it("asks for nothing while nothing happens", async () => {
    await playScene(stage.ledger);
    const one = await stage.visit();
    await fleetRow(one, "search-index").waitFor();
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
    await stage.ledger.agree("search-index", "no drift");
    await fleetRow(one, "search-index").getByText("0/1").waitFor(LIVE);
    expect(asked).toBeGreaterThan(0);
  });
});
