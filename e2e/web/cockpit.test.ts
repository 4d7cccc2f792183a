import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { APPROVAL_DIALOG } from "../../packages/core/src/dispatch/testing/panes.ts";
import { chromiumPath } from "./support/browser.ts";
import { LOW_CONTRAST, panel, phase, row } from "./support/page.ts";
import { playScene } from "./support/scene.ts";
import { useStage } from "./support/stage.ts";

const stage = useStage();

describe.runIf(chromiumPath !== undefined)("the cockpit", () => {
  it("shows where it is and what to type next while there is nothing", async () => {
    const one = await stage.visit();
    await one.page.getByText(stage.ledger.path).waitFor();
    await panel(one, "Tasks").getByText('conveyor tasks --create auth --goal "Refactor auth"').waitFor();
    await panel(one, "Sessions").getByText("conveyor register-worker").waitFor();
    await panel(one, "Inbox").getByText("Nothing is waiting.").waitFor();
    await panel(one, "Dispatch").getByText("conveyor dispatch --watch").waitFor();
    expect(one.errors).toEqual([]);
  });

  it("shows what other processes write without being loaded again", async () => {
    const one = await stage.visit();
    await panel(one, "Tasks").getByText("No task is open.").waitFor();
    await stage.ledger.task("auth", "Refactor auth");
    await row(one, "Tasks", "auth").getByText("candidate").waitFor();
    await stage.ledger.pushed("manager", "auth-manager");
    await row(one, "Sessions", "auth-manager").getByText("active, alive").waitFor();
    await stage.ledger.pulling("worker", "auth-worker");
    await row(one, "Sessions", "auth-worker").getByText("pull").waitFor();
    await stage.ledger.bind("auth", "auth-worker", "auth-manager");
    await row(one, "Tasks", "auth").getByText("managed").waitFor();
    await row(one, "Sessions", "auth-worker").getByText("→ auth").waitFor();
    await stage.ledger.ctx.host.tmux.kill("auth-manager");
    await row(one, "Sessions", "auth-manager").getByText("active, not running").waitFor();
    await stage.ledger.unbind("auth");
    await row(one, "Tasks", "auth").getByText("paused").waitFor();
    await stage.ledger.deregister("auth-worker");
    await row(one, "Sessions", "auth-worker").getByText("gone", { exact: true }).waitFor();
    await stage.ledger.finish("auth");
    await row(one, "Tasks", "auth").getByText("done").waitFor();
    expect(one.errors).toEqual([]);
    expect([...one.origins]).toEqual([stage.server.url]);
  });

  it("shows a message as it is queued, delivered and taken, and its words only when asked", async () => {
    const words = "Run the parser tests";
    await stage.ledger.task("auth", "Refactor auth");
    await stage.ledger.pulling("worker", "auth-worker");
    await stage.ledger.pulling("manager", "auth-manager");
    await stage.ledger.bind("auth", "auth-worker", "auth-manager");
    const one = await stage.visit();
    await stage.ledger.nudge("auth", words);
    await row(one, "Dispatch", "nudge worker").getByText("pending").waitFor();
    await stage.ledger.dispatch();
    await row(one, "Dispatch", "nudge worker").getByText("succeeded").waitFor();
    const message = row(one, "Inbox", "nudge worker");
    await message.getByText("auth-manager").waitFor();
    await message.getByText("auth-worker").waitFor();
    expect(await one.page.title()).toBe("(1) Conveyor");
    expect(await one.page.content()).not.toContain(words);
    await message.getByRole("button", { name: "Show" }).click();
    await message.getByText(words).waitFor();
    await message.getByRole("button", { name: "Hide" }).click();
    expect(await one.page.content()).not.toContain(words);
    await stage.ledger.take("auth-worker");
    await panel(one, "Inbox").getByText("Nothing is waiting.").waitFor();
    expect(one.errors).toEqual([]);
  });

  it("says that the server is lost, keeps what it knew, and misses nothing when the server is back", async () => {
    await stage.ledger.task("before", "was there all the time");
    await stage.ledger.task("changes", "changes while nobody serves");
    const one = await stage.visit();
    await row(one, "Tasks", "before").waitFor();
    const { port } = new URL(stage.server.url);
    await stage.server.close();
    await phase(one, "Reconnecting");
    await one.page.getByText("The server does not answer").waitFor();
    await row(one, "Tasks", "before").getByText("candidate").waitFor();
    await stage.ledger.finish("changes");
    await stage.ledger.task("meanwhile", "made while nobody serves");
    await stage.serve(Number(port));
    // A server that was started anew knows nobody. The page goes on as soon as the browser signs in, in whatever tab.
    await one.page.getByText("This browser is not signed in").waitFor();
    const other = await one.context.newPage();
    await other.goto(await stage.server.createLoginUrl());
    await other
      .getByRole("status")
      .filter({ hasText: /^Live$/ })
      .waitFor();
    await phase(one, "Live");
    await row(one, "Tasks", "meanwhile").getByText("candidate").waitFor();
    await panel(one, "Tasks").getByRole("button", { name: "all", exact: true }).click();
    await row(one, "Tasks", "changes").getByText("done").waitFor();
    await stage.ledger.task("after", "made after the return");
    await row(one, "Tasks", "after").waitFor();
    expect(await panel(one, "Tasks").getByRole("listitem").count()).toBe(4);
    const expected = /ERR_CONNECTION_REFUSED|WebSocket connection to|status of 401/;
    const unexpected = one.errors.filter((text) => !expected.test(text));
    expect(unexpected).toEqual([]);
  });

  it("lets nobody in without a login and takes a login link only once", async () => {
    await stage.ledger.task("secret-task", "not for everybody");
    const browser = await stage.open();
    const { page } = browser;
    await page.goto(stage.server.url);
    await page.getByText("This browser is not signed in").waitFor();
    await page.goto(`${stage.server.url}/login#0000000000000000`);
    await page.getByText("used already or is too old").waitFor();
    const link = await stage.server.createLoginUrl();
    await page.goto(link);
    await row(browser, "Tasks", "secret-task").waitFor();
    await browser.context.clearCookies();
    await page.goto("about:blank");
    await page.goto(link);
    await page.getByText("used already or is too old").waitFor();
    await page.goto(stage.server.url);
    await page.getByText("This browser is not signed in").waitFor();
    expect(await page.content()).not.toContain("secret-task");
    const refused = await fetch(`${stage.server.url}/trpc/tasks.list`, {
      headers: { authorization: "Bearer wrong-token-wrong-token" },
    });
    expect(refused.status).toBe(401);
  });

  it("sends its cookie to no other program on this machine", async () => {
    const asked: { path: string | undefined; cookie: string | undefined }[] = [];
    const other = createServer((request, response) => {
      asked.push({ path: request.url, cookie: request.headers.cookie });
      response.setHeader("content-type", "text/html").end("<p>another program</p>");
    });
    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    const one = await stage.visit();
    const { port } = other.address() as AddressInfo;
    await one.page.goto(`http://127.0.0.1:${port}/trpc/tasks.list`);
    await one.page.getByText("another program").waitFor();
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter(({ cookie }) => cookie !== undefined)).toEqual([]);
    // The other program's page is of the same site, and still learns and changes nothing.
    await one.page.evaluate(`fetch("${stage.server.url}/trpc/tasks.create", { method: "POST", credentials: "include",
      mode: "no-cors", body: JSON.stringify({ name: "theirs", goal: "g" }) }).catch(() => {})`);
    await one.page.goto(stage.server.url);
    await phase(one, "Live");
    await panel(one, "Tasks").getByText("No task is open.").waitFor();
    other.close();
  });

  it("puts first who needs somebody, says why, and counts them in its title", async () => {
    for (const name of ["calm", "stuck"]) {
      await stage.ledger.task(name, "g");
      const dialog = name === "stuck" ? APPROVAL_DIALOG : undefined;
      await stage.ledger.pushed("worker", `${name}-worker`, dialog);
      await stage.ledger.pulling("manager", `${name}-manager`);
      await stage.ledger.bind(name, `${name}-worker`, `${name}-manager`);
    }
    await stage.ledger.task("newest", "g");
    const one = await stage.visit();
    await row(one, "Tasks", "newest").waitFor();
    const first = (title: string) => panel(one, title).getByRole("listitem").first().textContent();
    expect(await first("Tasks")).toContain("newest");
    await stage.ledger.lookAround();

    await row(one, "Sessions", "stuck-worker").getByText("needs answer: approval").waitFor();
    await expect.poll(() => first("Tasks")).toContain("stuck");
    await expect.poll(() => first("Sessions")).toContain("stuck-worker");
    await expect.poll(() => one.page.title()).toBe("(1!) Conveyor");
    await panel(one, "Sessions").getByText("1 needs somebody").waitFor();
    await stage.ledger.ctx.host.tmux.kill("stuck-worker");
    await row(one, "Sessions", "stuck-worker").getByText("dead").waitFor();
    expect(one.errors).toEqual([]);
  });

  it("says that a task of the address is not there, and offers those that are", async () => {
    await stage.ledger.task("auth", "g");
    const one = await stage.visit();
    await one.page.goto(`${stage.server.url}/?task=nonsense`);
    await one.page.getByText('there is no task "nonsense"').waitFor();
    await row(one, "Tasks", "auth").waitFor();
    expect(await one.page.content()).not.toContain("--task nonsense");
    expect(await one.page.content()).not.toContain("enqueue-nudge-worker nonsense");
    expect(await panel(one, "Inbox").count()).toBe(0);
    await one.page.getByRole("button", { name: "Show all tasks" }).click();
    await panel(one, "Inbox").getByText("Nothing is waiting.").waitFor();
    expect(new URL(one.page.url()).search).toBe("");
    await row(one, "Tasks", "auth").getByRole("button").click();
    await panel(one, "Sessions").getByText("Nobody is bound to auth").waitFor();
    await one.page.goto(`${stage.server.url}/?task=nonsense`);
    await one.page.getByText('there is no task "nonsense"').waitFor();
    await one.page.keyboard.press("Escape");
    await panel(one, "Dispatch").getByText("Not observed").waitFor();
    // What the browser notes of a refused request is all there may be.
    expect(one.errors.filter((error) => !error.includes("404"))).toEqual([]);
  });

  it("suggests nothing for a task that is closed, and calls a refused finish no failure", async () => {
    await stage.ledger.task("auth", "g");
    await stage.ledger.refuseFinish("auth");
    const one = await stage.visit();

    await row(one, "Dispatch", "finish task").getByText("refused", { exact: true }).waitFor();
    await panel(one, "Dispatch")
      .getByRole("listitem")
      .filter({ hasText: /^0 Failed$/ })
      .waitFor();
    await panel(one, "Dispatch")
      .getByRole("listitem")
      .filter({ hasText: /^1 Refused$/ })
      .waitFor();
    await stage.ledger.finish("auth");
    await one.page.goto(`${stage.server.url}/?task=auth`);
    await panel(one, "Sessions").getByText("auth is closed").waitFor();
    await panel(one, "Inbox").getByText("Nothing is waiting.", { exact: true }).waitFor();
    expect(await one.page.content()).not.toMatch(/conveyor (bind|enqueue)/);
    expect(one.errors).toEqual([]);
  });

  it("can be narrowed to a task and walked through with the keyboard alone", async () => {
    await playScene(stage.ledger);
    const one = await stage.visit();
    const { page } = one;
    await row(one, "Tasks", "search-index").waitFor();
    await panel(one, "Tasks").getByRole("button", { name: "All" }).focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("End");
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByText("Showing what belongs to search-index").waitFor();
    expect(new URL(page.url()).searchParams.get("task")).toBe("search-index");
    const sessions = panel(one, "Sessions").getByRole("listitem");
    await expect.poll(() => sessions.count()).toBe(2);
    await page.reload();
    await page.getByText("Showing what belongs to search-index").waitFor();
    await expect.poll(() => sessions.count()).toBe(2);
    await page.keyboard.press("Escape");
    await expect.poll(() => sessions.count()).toBe(6);
    await panel(one, "Tasks").getByRole("button", { name: "All" }).click();
    await row(one, "Tasks", "login-page").getByText("done").waitFor();
    expect(one.errors).toEqual([]);
  });

  it.each([
    { width: 360, scheme: "light" },
    { width: 360, scheme: "dark" },
    { width: 1600, scheme: "light" },
    { width: 1600, scheme: "dark" },
  ] as const)("fits into $width px and is readable in $scheme", async ({ width, scheme }) => {
    await playScene(stage.ledger);
    const one = await stage.visit({ width, scheme });
    await row(one, "Inbox", "notify manager").waitFor();
    const overflow = await one.page.evaluate(
      "document.documentElement.scrollWidth - document.documentElement.clientWidth",
    );
    expect(overflow).toBe(0);
    expect(await one.page.evaluate(LOW_CONTRAST)).toEqual([]);
    expect(one.errors).toEqual([]);
  });
});
