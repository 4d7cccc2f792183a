import { beforeEach, describe, expect, it } from "vitest";
import { chromiumPath } from "./support/browser.ts";
import { message, need, part, receipt } from "./support/page.ts";
import { useStage } from "./support/stage.ts";

/** What is live shows long before that, in milliseconds. */
const LIVE = { timeout: 8_000 };

const stage = useStage();

describe.runIf(chromiumPath !== undefined)("the page of a task", () => {
  beforeEach(async () => {
    await stage.ledger.task("auth", "Split the sign-in code");
    await stage.ledger.pulling("worker", "ada");
    await stage.ledger.pulling("manager", "dan");
    await stage.ledger.bind("auth", "ada", "dan");
  });

  it("agrees on criteria and moves each on, with a receipt and the command that does the same", async () => {
    await stage.ledger.agree("auth", "Old cookies still work", "proposed");
    const one = await stage.visit();
    const { page } = one;
    await page.goto(`${stage.server.url}/tasks/auth`);
    await page.getByLabel("What must be true in the end?").fill("Nobody is signed out");
    await page.getByRole("button", { name: "Add and accept" }).click();
    await receipt(one, "Agreed").getByText("conveyor criteria --add --criterion 'Nobody is signed out'").waitFor();
    await page.getByRole("heading", { name: "0 of 2 met" }).waitFor();
    await page.getByRole("button", { name: "Accept criterion 1" }).click();
    await receipt(one, "Criterion 1 is agreed").getByText("conveyor criteria --accept 1 auth").waitFor();
    await page.getByRole("button", { name: "Met… criterion 2" }).click();
    await page.getByLabel("What shows it?").fill("pnpm test auth: 31 pass");
    await page.getByRole("button", { name: "Mark as met" }).click();
    await page.getByText("proof: pnpm test auth: 31 pass").waitFor();
    await page.getByRole("heading", { name: "1 of 2 met" }).waitFor();
    await page.getByText("Met means that somebody said so").waitFor();
    await page.getByRole("button", { name: "Drop criterion 1" }).click();
    await page.getByRole("heading", { name: "1 of 1 met" }).waitFor();
    expect(await stage.ledger.agreed("auth")).toEqual([
      { criterion: "Old cookies still work", status: "rejected", proof: null },
      { criterion: "Nobody is signed out", status: "satisfied", proof: "pnpm test auth: 31 pass" },
    ]);
    // What another process agrees on shows by itself.
    await stage.ledger.agree("auth", "The README says how");
    await page.getByText("The README says how").waitFor(LIVE);
    expect(one.errors).toEqual([]);
  });

  it("is finished behind a gate that says what is still open", async () => {
    await stage.ledger.agree("auth", "Nobody is signed out");
    const one = await stage.visit();
    const { page } = one;
    await page.goto(`${stage.server.url}/tasks/auth`);
    await page.getByRole("button", { name: "Finish…" }).click();
    const dialog = page.getByRole("dialog", { name: "Finish auth?" });
    await dialog.getByText("1 accepted criterion open.").waitFor();
    await dialog.getByText("conveyor finish-task --require-criteria-audit auth").waitFor();
    await dialog.getByRole("button", { name: "Finish", exact: true }).click();
    await dialog.getByRole("alert").getByText("gate_failed").waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await need(one, "Finish was refused").waitFor(LIVE);
    await page.getByRole("button", { name: "Later criterion 1" }).click();
    await receipt(one, "Criterion 1 is for later").waitFor();
    await page.getByRole("heading", { level: 1 }).click();
    await page.keyboard.press("f");
    await dialog.getByLabel("Why it is finished").fill("shipped");
    await dialog.getByRole("button", { name: "Finish", exact: true }).click();
    await receipt(one, "auth is finished").waitFor();
    await page.getByText("The task is closed; nobody is bound to it any more.").waitFor(LIVE);
    expect(await page.getByRole("button", { name: "Finish…" }).count()).toBe(0);
    expect(await page.getByRole("button", { name: /criterion/ }).count()).toBe(0);
    await page.goto(`${stage.server.url}/tasks?state=closed`);
    await page.getByRole("link", { name: "auth" }).waitFor();
    // What the browser notes of the refused request is all there may be.
    expect(one.errors.filter((error) => !/status of 4\d\d/.test(error))).toEqual([]);
  });

  it("sends a message once, keeps a draft, and shows how far the message has come", async () => {
    const one = await stage.visit();
    const { page } = one;
    await page.goto(`${stage.server.url}/tasks/auth`);
    const field = page.getByLabel("Message to ada");
    await field.fill("run the parser tests");
    await page.getByRole("link", { name: /^Home/ }).click();
    await page.getByRole("link", { name: "auth", exact: true }).first().click();
    await expect.poll(() => field.inputValue()).toBe("run the parser tests");
    await page.getByText("conveyor enqueue-nudge-worker --message 'run the parser tests'").waitFor();
    await field.press("Control+Enter");
    await field.press("Control+Enter");
    await receipt(one, "Queued for ada").waitFor();
    const composer = part(one, "Write to the worker");
    await composer.getByText("queued, waits for Dispatch").waitFor(LIVE);
    await stage.ledger.dispatch();
    await composer.getByText("in the inbox of ada").waitFor(LIVE);
    await page.getByRole("tab", { name: "Messages" }).click();
    await part(one, "Inbox").getByText("1 unread").waitFor(LIVE);
    await stage.ledger.take("ada");
    await composer.getByText("read by ada").waitFor(LIVE);
    await stage.ledger.answer("auth", 1, "worker", "accepted");
    await composer.getByText("ada answered: accepted").waitFor(LIVE);
    const count = await stage.ledger.ctx.store.peek((tx) =>
      tx.sql.search("SELECT count(*) AS n FROM commands WHERE type = 'nudge_worker'").get(),
    );
    expect(count).toEqual({ n: 1 });
    expect(one.errors).toEqual([]);
  });

  it("shows the words of a message when somebody asks for them and not before, and a note of it stays", async () => {
    const words = "the tests of the parser";
    await stage.ledger.nudge("auth", words);
    await stage.ledger.dispatch();
    const one = await stage.visit();
    const { page } = one;
    const bodies: Promise<string>[] = [];
    page.on("response", (response) => {
      if (response.url().includes("/trpc/")) bodies.push(response.text().catch(() => ""));
    });
    const fetched = async () => (await Promise.all(bodies)).some((body) => body.includes(words));
    await page.goto(`${stage.server.url}/tasks/auth?tab=messages`);
    await message(one, "Instruction").getByText("in the inbox of ada").waitFor();
    await page.getByRole("button", { name: "Instruction", exact: true }).click();
    await part(one, "Message").getByRole("list", { name: "What happened" }).waitFor();
    expect(await fetched()).toBe(false);
    expect(await page.content()).not.toContain(words);
    const inbox = part(one, "Inbox");
    await inbox.getByRole("button", { name: "Show message 1" }).click();
    await inbox.getByText(words).waitFor();
    await inbox.getByRole("button", { name: "Hide message 1" }).click();
    await inbox.getByText(words).waitFor({ state: "detached" });
    expect(await page.content()).not.toContain(words);
    const notes = await stage.ledger.ctx.store.peek((tx) =>
      tx.sql.search("SELECT actor FROM telemetry_events WHERE event_type = 'dispatch_message_shown'").all(),
    );
    expect(notes).toEqual([{ actor: "operator" }]);
    expect(one.errors).toEqual([]);
  });

  it("tells what happened, live, and finds in it", async () => {
    const one = await stage.visit();
    const { page } = one;
    await page.goto(`${stage.server.url}/tasks/auth?tab=timeline`);
    const tab = page.getByRole("tabpanel", { name: "Timeline" });
    await tab.getByText("Nothing has happened yet.").waitFor();
    await stage.ledger.agree("auth", "Nobody is signed out");
    await tab.getByText("Accepted #1: Nobody is signed out").waitFor(LIVE);
    await page.getByLabel("Filter the timeline").fill("criterion");
    await expect.poll(() => tab.getByRole("listitem").count()).toBe(1);
    await page.getByLabel("Filter the timeline").fill("nowhere");
    await tab.getByText("Nothing matches “nowhere”.").waitFor();
    expect(one.errors).toEqual([]);
  });

  it("is given its agents under Sessions", async () => {
    await stage.ledger.task("docs", "Write the guide");
    await stage.ledger.pulling("worker", "mia");
    await stage.ledger.pulling("manager", "rui");
    const one = await stage.visit();
    const { page } = one;
    await part(one, "Sessions without a task").getByRole("link", { name: "Give a task to mia" }).click();
    await page.getByRole("radio", { name: "Choose mia" }).waitFor();
    expect(await page.getByRole("radio", { name: "Choose mia" }).isChecked()).toBe(true);
    await page.getByRole("radio", { name: "Choose rui" }).check();
    const bar = part(one, "Bind");
    await bar.getByText("conveyor bind --task docs --worker mia --manager rui").waitFor();
    await bar.getByRole("button", { name: "Bind", exact: true }).click();
    await receipt(one, "mia and rui are bound to docs").waitFor();
    await part(one, "Workers").getByRole("link", { name: "docs" }).waitFor(LIVE);
    await bar.waitFor({ state: "detached" });
    expect(one.errors).toEqual([]);
  });

  it("belongs to the first of two who bind at once; the other is told", async () => {
    for (const task of ["docs", "site"]) await stage.ledger.task(task, "g");
    await stage.ledger.pulling("worker", "mia");
    await stage.ledger.pulling("manager", "rui");
    const one = await stage.visit();
    const page = await one.context.newPage();
    const other = Object.assign(Object.create(one) as typeof one, { page });
    const tabs = [
      { tab: one, task: "docs" },
      { tab: other, task: "site" },
    ];
    const bindButton = (tab: typeof one) => part(tab, "Bind").getByRole("button", { name: "Bind", exact: true });
    for (const { tab, task } of tabs) {
      await tab.page.goto(`${stage.server.url}/sessions?worker=mia&manager=rui&task=${task}`);
      await bindButton(tab).waitFor();
    }
    // Both are pressed before either page can hear of the other.
    await Promise.all(tabs.map(({ tab }) => bindButton(tab).dispatchEvent("click")));
    const settled = tabs.map(({ tab }) => receipt(tab, /are bound to|Refused: Bind/));
    await Promise.all(settled.map((one) => one.waitFor()));
    const texts = await Promise.all(settled.map((one) => one.textContent()));
    expect(texts.filter((text) => text?.includes("are bound to"))).toHaveLength(1);
    expect(texts.filter((text) => text?.includes("conflict"))).toHaveLength(1);
  });
});
