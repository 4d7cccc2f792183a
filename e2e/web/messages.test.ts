import { describe, expect, it } from "vitest";
import { chromiumPath } from "./support/browser.ts";
import { message, part, receipt } from "./support/page.ts";
import { useStage } from "./support/stage.ts";

/** What is live shows long before that, in milliseconds. */
const LIVE = { timeout: 8_000 };

const stage = useStage();

async function pair(task = "auth"): Promise<void> {
  await stage.ledger.task(task, "make it work");
  await stage.ledger.pulling("worker", `${task}-worker`);
  await stage.ledger.pulling("manager", `${task}-manager`);
  await stage.ledger.bind(task, `${task}-worker`, `${task}-manager`);
}

describe.runIf(chromiumPath !== undefined)("the messages", () => {
  it("show how far each has come while other processes carry it", async () => {
    await pair();
    const one = await stage.visit();
    await one.page.goto(`${stage.server.url}/messages`);
    await one.page.getByText("Nothing has passed yet.").waitFor();
    await stage.ledger.notify("auth", "the parser is done");
    await message(one, "Report").getByText("queued, waits for Dispatch").waitFor(LIVE);
    await stage.ledger.dispatch();
    await message(one, "#1").getByText("in the inbox of auth-manager").waitFor(LIVE);
    await stage.ledger.take("auth-manager");
    await message(one, "#1").getByText("read by auth-manager").waitFor(LIVE);
    await stage.ledger.answer("auth", 1, "manager", "accepted");
    await message(one, "#1").getByText("auth-manager answered: accepted").waitFor(LIVE);
    expect(one.errors).toEqual([]);
  });

  it("say who carries them, as dispatchers come and go", async () => {
    const one = await stage.visit();
    await one.page.goto(`${stage.server.url}/messages`);
    const bar = part(one, "Dispatch");
    await bar.getByText("Dispatch does not run.").waitFor();
    await bar.getByText("conveyor dispatch --watch").waitFor();
    const stop = stage.ledger.watch("dispatch-pair");
    await bar.getByText("Dispatch runs.").waitFor(LIVE);
    await bar.getByText("dispatch-pair").waitFor();
    await stop();
    await bar.getByText("Dispatch is silent.").waitFor(LIVE);
    expect(one.errors).toEqual([]);
  });

  it("say why a continuation was held, and keep that open while more arrives", async () => {
    await pair();
    await stage.ledger.continueWithoutEvidence("auth");
    await stage.ledger.dispatch();
    const one = await stage.visit();
    const { page } = one;
    await page.goto(`${stage.server.url}/messages`);
    await message(one, "Next round").getByText("held: missing adversarial check evidence").waitFor();
    await page.getByRole("button", { name: "Next round", exact: true }).click();
    const open = part(one, "Message");
    await open.getByText("Missing adversarial check evidence", { exact: true }).waitFor();
    await open.getByText("Missing: adversarial check").waitFor();
    await open.getByText("Round 1 of 3; asked for 2. The worker was not told.").waitFor();
    await stage.ledger.nudge("auth", "do the check");
    await message(one, "Instruction").waitFor(LIVE);
    await open.getByText("Missing: adversarial check").waitFor();
    expect(new URL(page.url()).searchParams.get("id")).not.toBeNull();
    await page.reload();
    await open.getByText("Missing: adversarial check").waitFor();
    await page.getByRole("button", { name: "Close the message" }).click();
    await open.waitFor({ state: "detached" });
    expect(one.errors).toEqual([]);
  });

  it("can be narrowed and turned back page by page, in the address", async () => {
    await pair();
    for (let i = 0; i < 26; i += 1) await stage.ledger.nudge("auth", `message ${i}`);
    await stage.ledger.dispatch();
    await stage.ledger.continueWithoutEvidence("auth");
    await stage.ledger.dispatch();
    const one = await stage.visit();
    const { page } = one;
    await page.goto(`${stage.server.url}/messages`);
    const rows = page.getByRole("list", { name: "Messages" }).getByRole("listitem");
    await expect.poll(() => rows.count()).toBe(25);
    const pages = page.getByRole("navigation", { name: "Pages of messages" });
    await pages.getByRole("button", { name: "Older" }).click();
    await expect.poll(() => rows.count()).toBe(2);
    expect(new URL(page.url()).searchParams.get("before")).not.toBeNull();
    await page.goBack();
    await expect.poll(() => rows.count()).toBe(25);
    await page.getByRole("button", { name: "Held by a gate 1" }).click();
    await expect.poll(() => rows.count()).toBe(1);
    await page.goto(`${stage.server.url}/messages?show=repeats`);
    await page.getByText("No message is “repeats left out”.").waitFor();
    expect(one.errors).toEqual([]);
  });

  it("can be taken back while nobody has them", async () => {
    await pair();
    await stage.ledger.nudge("auth", "do it");
    const one = await stage.visit();
    await one.page.goto(`${stage.server.url}/messages`);
    await one.page.getByRole("button", { name: "Instruction", exact: true }).click();
    await one.page.getByRole("button", { name: "Take back" }).click();
    await receipt(one, "Taken back before anybody got it").getByText("conveyor commands cancel").waitFor();
    await message(one, "Instruction").getByText("cancelled").waitFor(LIVE);
    await part(one, "Message").getByRole("button", { name: "Take back" }).waitFor({ state: "detached" });
    expect(one.errors).toEqual([]);
  });
});
