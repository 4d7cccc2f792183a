import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { chromiumPath } from "./support/browser.ts";
import { findings, fleetRow, overflow, part, phase } from "./support/page.ts";
import { playScene } from "./support/scene.ts";
import { useStage } from "./support/stage.ts";

const stage = useStage();

/** What the first load may weigh, compressed. */
const MOST_BYTES = 250 * 1024;

const VIEWS = [
  { path: "/", heading: /^\d+ needs? you$/ },
  { path: "/tasks", heading: "Tasks" },
  { path: "/tasks/auth-refactor", heading: "auth-refactor" },
  { path: "/tasks/auth-refactor?tab=messages", heading: "auth-refactor" },
  { path: "/tasks/auth-refactor?tab=timeline", heading: "auth-refactor" },
  { path: "/tasks/auth-refactor?tab=contract", heading: "auth-refactor" },
  { path: "/tasks/auth-refactor?tab=more", heading: "auth-refactor" },
  { path: "/campaigns", heading: "Campaigns" },
  { path: "/campaigns/launch", heading: "launch" },
  { path: "/start", heading: "Start" },
  { path: "/replay", heading: "Replay" },
  { path: "/replay/auth-refactor", heading: "auth-refactor" },
  { path: "/messages", heading: "Messages" },
  { path: "/sessions", heading: "Sessions" },
  { path: "/terminals", heading: "Terminals" },
  { path: "/about", heading: "About this Conveyor" },
] as const;

const LOOKS = [
  { width: 1280, scheme: "light" },
  { width: 390, scheme: "dark" },
] as const;

describe.runIf(chromiumPath !== undefined)("the cockpit", () => {
  it("shows where it is and how to begin while there is nobody", async () => {
    const one = await stage.visit();
    const { page } = one;
    await page.getByRole("heading", { level: 1, name: "No agents yet" }).waitFor();
    await page.getByText(stage.ledger.path).waitFor();
    await page.getByLabel("What should be done?").fill("Don't break it");
    await page.getByLabel("Task name").fill("billing");
    const part = `conveyor pair --task billing --worker-name billing-worker --manager-name billing-manager`;
    await page.getByText(part, { exact: false }).waitFor();
    await page.getByText(`--task-goal 'Don'"'"'t break it'`, { exact: false }).waitFor();
    await stage.ledger.task("billing", "made elsewhere");
    await fleetRow(one, "billing").getByText("Not started").waitFor();
    expect(one.errors).toEqual([]);
    expect([...one.origins]).toEqual([stage.server.url]);
  });

  it("weighs little at first, loads a view when it is opened, and runs no script but its own files", async () => {
    const one = await stage.open();
    const bodies = new Map<string, Promise<Buffer>>();
    one.page.on("response", (response) => {
      const { pathname } = new URL(response.url());
      if (pathname.startsWith("/assets/") || pathname === "/") bodies.set(pathname, response.body());
    });
    await one.page.goto(await stage.server.createLoginUrl());
    await one.page.getByRole("heading", { name: "No agents yet" }).waitFor();
    const bytes = (await Promise.all(bodies.values())).reduce((sum, body) => sum + gzipSync(body).length, 0);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(MOST_BYTES);
    const before = bodies.size;
    await one.page.getByRole("link", { name: "About" }).first().click();
    await one.page.getByRole("heading", { name: "About this Conveyor" }).waitFor();
    expect(bodies.size).toBeGreaterThan(before);
    const html = await (await fetch(stage.server.url)).text();
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/);
    expect(html).not.toMatch(/\son[a-z]+=/);
    expect(one.errors).toEqual([]);
  });

  it("can be entered at every address, goes back, and says so where there is nothing", async () => {
    await playScene(stage.ledger);
    await stage.ledger.campaign("launch");
    const one = await stage.visit();
    const { page } = one;
    for (const { path, heading } of VIEWS) {
      await page.goto(stage.server.url + path);
      await page.getByRole("heading", { level: 1, name: heading, exact: true }).waitFor();
      expect(await page.getByRole("main").count()).toBe(1);
    }
    await page.getByRole("link", { name: "Messages" }).first().click();
    await page.getByRole("heading", { level: 1, name: "Messages" }).waitFor();
    expect(await page.title()).toMatch(/^\(\d+\) Messages · Conveyor$/);
    await page.goBack();
    await page.getByRole("heading", { level: 1, name: "About this Conveyor" }).waitFor();
    await page.goto(`${stage.server.url}/?task=search-index`);
    await page.getByRole("heading", { level: 1, name: "search-index" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/tasks/search-index");
    expect(one.errors).toEqual([]);
    await page.goto(`${stage.server.url}/tasks/search-indx`);
    await page.getByRole("heading", { name: "There is no task “search-indx”" }).waitFor();
    await page.getByRole("link", { name: "search-index" }).click();
    await page.getByRole("heading", { level: 1, name: "search-index" }).waitFor();
    // What the browser notes of the refused request is all there may be.
    expect(one.errors.filter((error) => !error.includes("404"))).toEqual([]);
  });

  it("says that the server is lost, closes its buttons, and misses nothing when the server is back", async () => {
    await stage.ledger.task("before", "was there all the time");
    await stage.ledger.task("changes", "changes while nobody serves");
    await stage.ledger.agree("before", "it works");
    const one = await stage.visit();
    const { page } = one;
    await fleetRow(one, "changes").waitFor();
    const { port } = new URL(stage.server.url);
    await page.getByRole("link", { name: "before", exact: true }).click();
    await page.getByRole("button", { name: "Later criterion 1" }).waitFor();
    await stage.server.close();
    await phase(one, "Reconnecting");
    await page.getByText("Connection lost").waitFor();
    await page.getByText("Dispatch not known since").waitFor();
    const later = page.getByRole("button", { name: "Later criterion 1" });
    expect(await later.getAttribute("aria-disabled")).toBe("true");
    await later.dispatchEvent("click");
    await page.getByRole("link", { name: /^Home/ }).click();
    await fleetRow(one, "changes").getByText("Not started").waitFor();
    await stage.ledger.finish("changes");
    await stage.ledger.task("meanwhile", "made while nobody serves");
    await stage.serve(Number(port));
    // A server that was started anew knows nobody. The page goes on as soon as the browser signs in, in whatever tab.
    await page.getByText("This browser is not signed in").waitFor();
    const other = await one.context.newPage();
    await other.goto(await stage.server.createLoginUrl());
    await phase(one, "Live");
    await fleetRow(one, "meanwhile").waitFor();
    await fleetRow(one, "changes").waitFor({ state: "detached" });
    expect(await stage.ledger.agreed("before")).toEqual([{ criterion: "it works", status: "accepted", proof: null }]);
    await stage.ledger.task("after", "made after the return");
    await fleetRow(one, "after").waitFor();
    expect(await part(one, "Fleet").getByRole("listitem").count()).toBe(3);
    const expected = /ERR_CONNECTION_REFUSED|WebSocket connection to|status of (401|503)/;
    expect(one.errors.filter((text) => !expected.test(text))).toEqual([]);
  });

  it("lets nobody in without a login and takes a login link only once", async () => {
    await stage.ledger.task("secret-task", "not for everybody");
    const browser = await stage.open();
    const { page } = browser;
    for (const path of ["/", "/tasks/secret-task"]) {
      await page.goto(stage.server.url + path);
      await page.getByText("This browser is not signed in").waitFor();
    }
    await page.goto(`${stage.server.url}/login#0000000000000000`);
    await page.getByText("used already or is too old").waitFor();
    const link = await stage.server.createLoginUrl();
    await page.goto(link);
    await fleetRow(browser, "secret-task").waitFor();
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
    await one.page.getByRole("heading", { name: "No agents yet" }).waitFor();
    other.close();
  });

  it("can be walked through with the keyboard alone", async () => {
    await playScene(stage.ledger);
    const one = await stage.visit();
    const { page } = one;
    const focused = () => page.evaluate<string>("document.activeElement?.textContent ?? ''");
    await fleetRow(one, "search-index").waitFor();
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("Skip to content");
    await page.keyboard.press("Enter");
    await page.keyboard.press("j");
    const first = await focused();
    await page.keyboard.press("j");
    expect(await focused()).not.toBe(first);
    await page.keyboard.press("k");
    expect(await focused()).toBe(first);
    await page.keyboard.press("Enter");
    await page.locator(".q[data-open]").waitFor();

    await page.keyboard.press("Control+k");
    const field = page.getByRole("combobox", { name: "Go to a place, or run a command" });
    await field.fill("docs");
    await page.keyboard.press("Escape");
    await field.waitFor({ state: "detached" });
    expect(await focused()).toBe(first);
    await page.keyboard.press("Control+k");
    await page.keyboard.type("docs task");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "docs-site" }).waitFor();
    await page.keyboard.press("4");
    await page.getByRole("tab", { name: "Timeline", selected: true }).waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("t");
    await page.getByRole("heading", { level: 1, name: "Tasks" }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("search");
    await page.getByRole("link", { name: "docs-site" }).waitFor({ state: "detached" });
    expect(new URL(page.url()).search).toBe("?q=search");
    await page.keyboard.press("Tab");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });

    await page.goto(`${stage.server.url}/about`);
    await page.getByLabel("Single keys act").uncheck();
    await page.getByRole("heading", { level: 1 }).click();
    await page.keyboard.press("?");
    await page.keyboard.press("g");
    await page.keyboard.press("t");
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect(new URL(page.url()).pathname).toBe("/about");
    expect(one.errors).toEqual([]);
  });

  it("keeps the colours that were chosen", async () => {
    const one = await stage.visit({ scheme: "light" });
    const { page } = one;
    const ground = () => page.evaluate<string>("getComputedStyle(document.documentElement).backgroundColor");
    const light = await ground();
    await page.goto(`${stage.server.url}/about`);
    await page.getByRole("button", { name: "Dark", exact: true }).click();
    await expect.poll(ground).not.toBe(light);
    await page.reload();
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect(await ground()).not.toBe(light);
  });

  it("shuts nobody out in any view, wide and narrow, in light and in dark", { timeout: 180_000 }, async () => {
    await playScene(stage.ledger);
    await stage.ledger.agree("auth-refactor", "Nobody is signed out", "satisfied");
    await stage.ledger.agree("auth-refactor", "A revoked token is refused");
    await stage.ledger.campaign("launch");
    const one = await stage.visit();
    const found: unknown[] = [];
    for (const { path, heading } of VIEWS) {
      await one.page.goto(stage.server.url + path);
      await one.page.getByRole("heading", { level: 1, name: heading, exact: true }).waitFor();
      await one.page.getByText("Loading", { exact: true }).first().waitFor({ state: "detached" });
      for (const { width, scheme } of LOOKS) {
        await one.page.setViewportSize({ width, height: 800 });
        await one.page.emulateMedia({ colorScheme: scheme });
        const place = `${path} at ${width} px in ${scheme}`;
        found.push(...(await findings(one)).map((finding) => `${place}: ${finding}`));
        const wider = await overflow(one);
        if (wider !== 0) found.push(`${place}: ${wider} px wider than its window`);
      }
    }
    expect(found).toEqual([]);
    expect(one.errors).toEqual([]);
  });

  it("holds names and texts of any kind and length, as text", async () => {
    const evil = `<img src=x onerror="document.title='owned'">`;
    const goal = `${evil} ${"word".repeat(200)} ${"很长的目标".repeat(50)} ‮`.replace("‮", "");
    await stage.ledger.task("n".repeat(200), goal);
    await stage.ledger.agree("n".repeat(200), evil + "x".repeat(300));
    const one = await stage.visit({ width: 320, height: 700 });
    for (const path of [
      "/",
      "/tasks",
      `/tasks/${"n".repeat(200)}`,
      `/tasks/${"n".repeat(200)}?tab=timeline`,
      "/messages",
    ]) {
      await one.page.goto(stage.server.url + path);
      await one.page.getByRole("heading", { level: 1 }).first().waitFor();
      await one.page.getByText("Loading", { exact: true }).first().waitFor({ state: "detached" });
      expect([path, await overflow(one)]).toEqual([path, 0]);
      expect(await one.page.locator("img").count()).toBe(0);
    }
    expect(await one.page.title()).not.toContain("owned");
    expect(one.errors).toEqual([]);
  });
});
