import { describe, expect, it } from "vitest";
import { chromiumPath } from "./support/browser.ts";
import { findings, receipt } from "./support/page.ts";
import { useSharedStage } from "./support/stage.ts";

const { stage, one } = useSharedStage(async (ledger) => {
  await ledger.task("auth", "Split the sign-in code");
  await ledger.pulling("worker", "ada");
});

describe.runIf(chromiumPath !== undefined)("the palette", () => {
  it("runs an operation with a form made of its fields, which says what is missing and the command that does the same", async () => {
    const { page } = one();
    await page.goto(`${stage.server.url}/tasks/auth`);
    await page.getByRole("heading", { level: 1, name: "auth" }).waitFor();
    // What is typed before the palette is loaded is no key of the page: T would change the layout.
    await page.keyboard.press("Control+k");
    await page.keyboard.type("criteria --add");
    expect(new URL(page.url()).search).toBe("");
    await page.getByRole("option", { name: /^criteria --add / }).click();
    const form = page.getByRole("dialog", { name: "criteria --add" });
    expect(await form.getByLabel("Task needed").inputValue()).toBe("auth");
    expect(await findings(one())).toEqual([]);
    await form.getByRole("button", { name: "Run", exact: true }).click();
    await form.getByText("Needed.").first().waitFor();
    await form.getByLabel("Criterion needed").fill("It's <b>done</b>");
    await form.getByLabel("Source needed").selectOption("user_requested");
    await form.getByText(`conveyor criteria --add --criterion 'It'"'"'s <b>done</b>'`, { exact: false }).waitFor();
    await form.getByRole("button", { name: "Run", exact: true }).click();
    await form.getByRole("region", { name: "Answer" }).getByText("affected_criterion", { exact: false }).waitFor();
    await page.keyboard.press("Escape");
    await form.waitFor({ state: "detached" });
    const [agreed, ...others] = await stage.ledger.agreed("auth");
    expect([agreed?.criterion, others]).toEqual(["It's <b>done</b>", []]);
  });

  it("asks before an operation ends something", async () => {
    const { page } = one();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("deregister");
    await page.getByRole("option", { name: /^deregister/ }).click();
    const form = page.getByRole("dialog", { name: "deregister" });
    await form.getByLabel("Session needed").fill("ada");
    await form.getByRole("button", { name: "Run", exact: true }).click();
    await form.getByText("This ends something and cannot be undone.").waitFor();
    await page.keyboard.press("Enter");
    await form.getByRole("button", { name: "Run", exact: true }).click();
    await form.getByRole("button", { name: "Do it" }).click();
    await receipt(one(), "Deregister").first().waitFor();
    expect(one().errors.filter((error) => !/status of 4\d\d/.test(error))).toEqual([]);
  });
});
