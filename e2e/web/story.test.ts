import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { installCodexShim } from "../support/scripted-agent/launch.ts";
import { chromiumPath } from "./support/browser.ts";
import { part, receipt } from "./support/page.ts";
import { useSharedStage } from "./support/stage.ts";

/** A whole turn of an agent shows long before that, in milliseconds. */
const TURN = { timeout: 60_000 };

let project = "";

const { stage, one } = useSharedStage(
  async (ledger) => {
    project = join(ledger.root, "shop");
    mkdirSync(project);
    writeFileSync(join(project, "README.md"), "# Shop\n");
    execFileSync("git", ["init", "-q"], { cwd: project });
    execFileSync("git", ["add", "."], { cwd: project });
    const who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"];
    execFileSync("git", [...who, "commit", "-qm", "start"], { cwd: project });
  },
  {
    dispatch: true,
    env: async (ledger) => {
      const tools = join(ledger.root, "tools");
      await installCodexShim(tools, { SCRIPTED_AGENT_TURN_MS: "30" });
      return { PATH: `${tools}${delimiter}${process.env["PATH"]}` };
    },
  },
);

describe.runIf(chromiumPath !== undefined)("somebody who has only the page", () => {
  it("starts a pair, types to its worker, answers what it asks, proves the work, finishes it and looks back", async () => {
    const { page } = one();
    await page.goto(`${stage.server.url}/`);

    // Start.
    await page.getByRole("heading", { level: 1, name: "No agents yet" }).waitFor();
    await page.getByLabel("What should be done?").fill("Write the greeting");
    await page.getByLabel("Task name").fill("greeting");
    await page.getByLabel("Folder that they work in").fill(project);
    await page.getByLabel("What must be true in the end? One a line").fill("There is a greeting");
    await page.getByLabel("I trust this folder").check();
    await page.getByRole("button", { name: "Start the pair" }).click();
    await page.getByRole("heading", { level: 1, name: "greeting", exact: true }).waitFor(TURN);
    await page.getByText("There is a greeting", { exact: true }).waitFor(TURN);

    // Take control, and have it ask.
    const worker = part(one(), "Terminal of greeting-worker");
    await worker.getByRole("button", { name: "Show the screen" }).click();
    await worker.getByRole("button", { name: "Take control" }).click();
    await worker.getByText("You type here").waitFor();
    await page.keyboard.type("do: ask-approval touch greeting.txt | exec touch greeting.txt | say done");
    await page.waitForTimeout(300);
    await page.keyboard.press("Enter");

    // Answer it: it waits, and the page says so.
    await worker.getByText("Waiting", { exact: true }).waitFor(TURN);
    await worker.locator(".xterm-screen").click();
    await page.keyboard.press("y");
    await worker.getByText("Idle", { exact: true }).waitFor(TURN);
    await worker.getByRole("button", { name: "Give back" }).click();

    // Prove it.
    await page.getByRole("button", { name: "Add a check… criterion 1" }).click();
    const form = page.getByRole("dialog", { name: "Add a check criterion 1" });
    await form.getByLabel("Name needed").fill("exists");
    await form.getByLabel("Argv").fill("test -f greeting.txt");
    await form.getByText("-- test -f greeting.txt", { exact: false }).waitFor();
    await form.getByRole("button", { name: "Add a check", exact: true }).click();
    await form.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Run 1 check" }).click();
    await receipt(one(), "The checks of greeting have run").waitFor(TURN);
    await page.getByRole("heading", { name: "1 of 1 proven" }).waitFor();
    await page.getByRole("button", { name: "Met… criterion 1" }).click();
    await page.getByLabel("What shows it?").fill("check exists");
    await page.getByRole("button", { name: "Mark as met" }).click();
    await receipt(one(), "Criterion 1 is marked as met").waitFor();

    // Finish it.
    await page.getByRole("button", { name: "Finish…" }).click();
    const dialog = page.getByRole("dialog", { name: "Finish greeting?" });
    await dialog.getByText("No accepted criterion is open.").waitFor();
    await dialog.getByLabel("End the worker's terminal").check();
    await dialog.getByLabel("End the manager's terminal").check();
    await dialog.getByRole("button", { name: "Finish", exact: true }).click();
    await receipt(one(), "greeting is finished").waitFor(TURN);
    await page.getByText("The task is closed; nobody is bound to it any more.").waitFor(TURN);

    // Look back.
    await page.goto(`${stage.server.url}/replay/greeting`);
    await part(one(), "Timeline").locator(".tl-r").first().waitFor();
    await page.getByRole("combobox", { name: "Kind" }).selectOption("finish");
    await expect.poll(() => page.url()).toContain("kind=finish");
    const rows = part(one(), "Timeline").locator(".tl-r");
    await expect.poll(() => rows.count()).toBe(1);
    await rows.first().hover();
    await rows
      .first()
      .getByRole("button", { name: /^Link to/ })
      .click();
    await expect.poll(() => page.url()).toContain("at=");
    await page.reload();
    await page.locator('.tl-r[aria-current="true"]').waitFor();
    expect(one().errors).toEqual([]);
  }, 240_000);
});
