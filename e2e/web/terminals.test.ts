import { describe, expect, it } from "vitest";
import { chromiumPath } from "./support/browser.ts";
import { findings, overflow, part } from "./support/page.ts";
import { useSharedStage } from "./support/stage.ts";

const POLL = { timeout: 15_000, interval: 50 };

const { stage, one } = useSharedStage(async (ledger) => {
  await ledger.task("auth", "Split the sign-in code");
  await ledger.pushed("worker", "ada");
  await ledger.pulling("manager", "dan");
  await ledger.bind("auth", "ada", "dan");
});

const onScreen = () => stage.ledger.ctx.host.tmux.capture({ session: "ada" }, 0);
const told = (type: string) =>
  stage.ledger.ctx.store.peek((tx) =>
    tx.sql.search("SELECT attributes_json AS text FROM telemetry_events WHERE event_type = ? ORDER BY seq").all(type),
  ) as Promise<{ text: string }[]>;

/** Paste into what has the focus, as the browser's menu does. */
const paste = (text: string) =>
  one().page.evaluate(
    `(() => { const data = new DataTransfer(); data.setData("text/plain", ${JSON.stringify(text)});
      document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); })()`,
  );

describe.runIf(chromiumPath !== undefined)("the terminals of a task", () => {
  it("load and show nothing before they are asked for", async () => {
    const { page } = one();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(`${stage.server.url}/tasks/auth`);
    const ada = part(one(), "Terminal of ada");
    await ada.getByText("Showing one is recorded").waitFor();
    await part(one(), "Terminal of dan").getByText("dan runs outside tmux").waitFor();
    expect(await page.content()).not.toContain("OpenAI Codex");
    expect(asked.filter((url) => /screen-/.test(url))).toEqual([]);
    expect(await told("terminal_shown")).toEqual([]);
    await ada.getByRole("button", { name: "Show the screen" }).click();
    await ada.getByRole("button", { name: "Take control" }).waitFor();
    expect(asked.some((url) => /screen-/.test(url))).toBe(true);
    expect((await told("terminal_shown")).map(({ text }) => JSON.parse(text))).toEqual([
      { session: "ada", tmux_session: "ada", shown: "live" },
    ]);
  });

  it("type nothing until control is taken, and nothing any more once it is given back", async () => {
    const { page } = one();
    const ada = part(one(), "Terminal of ada");
    await ada.locator(".xterm-screen").click();
    await page.keyboard.type("not yet");
    await ada.getByRole("button", { name: "Take control" }).click();
    await ada.getByText("You type here").waitFor();
    await page.keyboard.type("by hand");
    await expect.poll(onScreen, POLL).toContain("› by hand");
    // Single keys are the terminal's now: F does not open the dialog that finishes the task.
    await page.keyboard.type(" f");
    await expect.poll(onScreen, POLL).toContain("› by hand f");
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.keyboard.press("Control+Shift+Escape");
    await ada.getByText("You type here").waitFor({ state: "detached" });
    await page.keyboard.type(" too late");
    await expect.poll(async () => (await told("terminal_control_returned")).length, POLL).toBe(1);
    expect(await onScreen()).not.toMatch(/not yet|too late/);
    const [returned] = await told("terminal_control_returned");
    expect(JSON.parse(returned?.text ?? "")).toMatchObject({ session: "ada", reason: "given_back", byte_count: 9 });
  });

  it("ask before several lines are pasted", async () => {
    const { page } = one();
    const ada = part(one(), "Terminal of ada");
    await ada.getByRole("button", { name: "Take control" }).click();
    await ada.getByText("You type here").waitFor();
    await page.keyboard.press("Enter");
    await paste("first line\nsecond line\n");
    const ask = page.getByRole("alertdialog", { name: "Paste into ada?" });
    await ask.getByText("Paste 2 lines into ada?").waitFor();
    expect(await onScreen()).not.toContain("first line");
    await page.keyboard.press("Escape");
    await ask.waitFor({ state: "detached" });
    await paste("first line\nsecond line\n");
    await ask.getByRole("button", { name: "Paste as one line" }).click();
    await expect.poll(onScreen, POLL).toContain("› first line second line");
    await page.keyboard.press("Enter");
    await paste("one line");
    await expect.poll(onScreen, POLL).toContain("› one line");
    await page.keyboard.press("Enter");
    await ada.getByRole("button", { name: "Give back" }).click();
    await ada.getByText("You type here").waitFor({ state: "detached" });
  });

  it("show earlier lines to search in, and go back to the screen", async () => {
    const { page } = one();
    const ada = part(one(), "Terminal of ada");
    await ada.getByRole("button", { name: "Earlier lines and search" }).click();
    const past = part(one(), "Earlier lines of ada");
    const field = past.getByLabel("Find in the earlier lines of ada");
    await field.fill("no such words");
    await expect
      .poll(async () => {
        await field.press("Enter");
        return past.getByText("Not found").count();
      }, POLL)
      .toBe(1);
    await field.fill("first line second");
    await field.press("Enter");
    expect(await past.getByText("Not found").count()).toBe(0);
    await page.keyboard.press("Escape");
    await past.waitFor({ state: "detached" });
    await ada.getByRole("button", { name: "Take control" }).waitFor();
  });

  it("have one typist among two windows, and the other is told", async () => {
    const other = await one().context.newPage();
    await other.goto(`${stage.server.url}/tasks/auth`);
    const theirs = other.getByRole("region", { name: "Terminal of ada" });
    await theirs.getByRole("button", { name: "Show the screen" }).click();
    await theirs.getByRole("button", { name: "Take control" }).click();
    await theirs.getByText("You type here").waitFor();
    const ours = part(one(), "Terminal of ada");
    await ours.getByRole("button", { name: "Take control of ada" }).click();
    await ours.getByText("Another window types in this terminal").waitFor();
    await ours.getByRole("button", { name: "Take control here" }).click();
    await ours.getByText("You type here").waitFor();
    await theirs.getByText("Another window took control.").waitFor();
    await other.close();
    await ours.getByRole("button", { name: "Give back" }).click();
  });

  it("are side by side when asked, fit every width, and have no finding of accessibility", async () => {
    const { page } = one();
    await page.getByRole("heading", { level: 1 }).click();
    await page.keyboard.press("t");
    await expect.poll(() => page.url()).toContain("layout=side");
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      expect(await findings(one())).toEqual([]);
    }
    for (const width of [1440, 1100, 800, 390, 320]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await overflow(one())).toBe(0);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it("say so when their session ends", async () => {
    await stage.ledger.ctx.host.tmux.kill("ada");
    const ada = part(one(), "Terminal of ada");
    await ada.getByText("tmux ada is not attached any more").waitFor();
    await ada.getByRole("button", { name: "Attach again" }).click();
    // It was the only session, so tmux has ended with it.
    await ada.getByText("tmux_no_server").waitFor();
    await ada.getByText("tmux attach -t '=ada'").waitFor();
    expect(one().errors).toEqual([]);
  });
});
