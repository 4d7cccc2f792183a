import { createHmac } from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type NoticeSink, type NotifySettings, operations } from "@conveyor/contracts";
import { noticeSinks } from "@conveyor/contracts/notifications/sinks";
import { noticeRows } from "@conveyor/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { list } from "./list.ts";
import { type NoticeMessage, webhookPost } from "./message.ts";
import { startNotifier } from "./notifier.ts";
import { againAt, endOfQuiet, plannedFor, wants } from "./plan.ts";
import { desktopArgv } from "./send.ts";
import { statusLine } from "./status-line.ts";
import { testSink } from "./test-sink.ts";

const MESSAGE: NoticeMessage = {
  ...{ id: "task:1#7", kind: "finished", urgency: "high", title: "finished: <auth>", body: "it is *done* @everyone" },
  ...{ link: "http://127.0.0.1:1/tasks/1", task: "auth", created_at: "2026-01-02T03:04:05.000Z" },
};
const command = (more: object = {}): NoticeSink =>
  ({ name: "desk", type: "command", argv: ["true"], ...more }) as NoticeSink;
const FACTS = { kind: "failed", urgency: "normal", task_name: "auth", created_at: "2026-01-02T03:04:05.000Z" };

describe("who is told", () => {
  it.each([
    [{}, true],
    [{ kinds: ["failed"] }, true],
    [{ kinds: ["finished"] }, false],
    [{ tasks: ["auth"] }, true],
    [{ tasks: ["other"] }, false],
    [{ urgency: "normal" }, true],
    [{ urgency: "high" }, false],
  ])("a sink with %j: %s", (filter, wanted) => {
    expect(wants(command(filter), FACTS)).toBe(wanted);
  });

  it("is held back in quiet hours, unless it is urgent, and not told at all when it is history", () => {
    const now = new Date(FACTS.created_at);
    const two = (part: number) => String(part).padStart(2, "0");
    const span = `${two(now.getHours())}:00-${two((now.getHours() + 1) % 24)}:00`;
    const settings: NotifySettings = { sinks: [command()], quiet_hours: span };
    const [held] = plannedFor(FACTS, settings, now);
    expect(Date.parse(held?.due_at ?? "")).toBe(endOfQuiet(span, now)?.getTime());
    expect(Date.parse(held?.due_at ?? "")).toBeGreaterThan(now.getTime());
    expect(plannedFor({ ...FACTS, urgency: "high" }, settings, now)[0]?.due_at).toBe(now.toISOString());
    expect(plannedFor(FACTS, settings, new Date(now.getTime() + 2 * 60 * 60 * 1000))).toEqual([]);
  });

  it.each([
    ["22:00-07:00", 23, "07:00"],
    ["22:00-07:00", 3, "07:00"],
    ["22:00-07:00", 12, null],
    ["09:00-17:00", 9, "17:00"],
    ["09:00-17:00", 17, null],
    [null, 3, null],
  ])("quiet hours %s at %i o'clock end at %s", (span, hour, end) => {
    const now = new Date(2026, 0, 2, hour, 0, 0);
    const found = endOfQuiet(span, now);
    expect(found === null ? null : `${String(found.getHours()).padStart(2, "0")}:00`).toBe(end);
    if (found !== null) expect(found.getTime()).toBeGreaterThan(now.getTime());
  });

  it("is tried again later and later, and then no more", () => {
    const now = new Date(0);
    const waits = Array.from({ length: 10 }, (_, at) => againAt(at + 1, now)?.getTime() ?? null);
    const kept = waits.filter((wait) => wait !== null);
    expect(kept).toEqual([...kept].sort((a, b) => a - b));
    expect(waits.at(-1)).toBeNull();
  });
});

describe("what a webhook is posted", () => {
  const now = new Date("2026-01-02T03:04:05.000Z");

  it("is signed over time and body with the secret of its sink, and bears the same id in every try", () => {
    const { body, headers } = webhookPost({ secret: "0123456789abcdef" }, MESSAGE, now);
    const [, seconds = "", signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers["conveyor-signature"] ?? "") ?? [];
    expect(signature).toBe(createHmac("sha256", "0123456789abcdef").update(`${seconds}.${body}`).digest("hex"));
    expect(headers["conveyor-notification"]).toBe("task:1#7");
    expect(JSON.parse(body)).toEqual(MESSAGE);
    expect(webhookPost({}, MESSAGE, now).headers).not.toHaveProperty("conveyor-signature");
  });

  it("calls nobody and marks nothing up that stands in a text", () => {
    const slack = JSON.parse(webhookPost({ template: "slack" }, MESSAGE, now).body) as { text: string };
    expect(slack.text).toContain("*finished: &lt;auth&gt;*");
    const discord = JSON.parse(webhookPost({ template: "discord" }, MESSAGE, now).body) as object;
    expect(discord).toMatchObject({ allowed_mentions: { parse: [] } });
    const ntfy = webhookPost({ template: "ntfy" }, { ...MESSAGE, title: "ünïcode\r\nx: y" }, now);
    expect(ntfy.headers["title"]).toMatch(/^=\?UTF-8\?B\?[\w+/=]+\?=$/);
    expect(ntfy.headers).toMatchObject({ priority: "5", tags: "finished" });
  });

  it("is an argument of a program, never a part of a script", () => {
    const hostile = { ...MESSAGE, title: '--help"; rm -rf', body: "$(x)" };
    expect(desktopArgv("linux", hostile).slice(-3)).toEqual(["--", hostile.title, hostile.body]);
    const mac = desktopArgv("darwin", hostile);
    expect([mac[2], mac.slice(-2)]).toEqual([expect.not.stringContaining("rm -rf"), [hostile.title, hostile.body]]);
    expect(() => desktopArgv("win32", hostile)).toThrow(expect.objectContaining({ code: "unsupported_platform" }));
  });
});

describe("sinks of a configuration", () => {
  it.each([
    [[{ name: "a", type: "desktop" }], true],
    [[{ name: "a", type: "webhook", url: "https://hooks.example/x" }], true],
    [[{ name: "A b", type: "desktop" }], false],
    [
      [
        { name: "a", type: "desktop" },
        { name: "a", type: "desktop" },
      ],
      false,
    ],
    [[{ name: "a", type: "webhook", url: "file:///etc/passwd" }], false],
    [[{ name: "a", type: "webhook", url: "https://me:secret@hooks.example" }], false],
    [[{ name: "a", type: "command", argv: [] }], false],
    [[{ name: "a", type: "pigeon" }], false],
    [[{ name: "a", type: "desktop", colour: "red" }], false],
  ])("%j: %s", (sinks, fits) => {
    expect(noticeSinks.safeParse(sinks).success).toBe(fits);
  });
});

let world: World;
let stop: (() => Promise<void>)[] = [];
beforeEach(() => {
  world = createWorld();
});
afterEach(async () => {
  for (const end of stop.reverse()) await end();
  stop = [];
  await world.close();
});

/** A fact that people are told of: a message that could not be delivered. */
const fact = (command_id: string, summary = "message refused") =>
  world.store.fast((tx) =>
    tx.tell("dispatch_command_failed", {
      summary,
      correlation: { command_id },
      attributes: { error: "e", side_effect_started: false } as never,
    }),
  );

function notify(sinks: NoticeSink[]): void {
  const notifier = startNotifier(world.ctx, {
    settings: () => ({ sinks, quiet_hours: null }),
    page_url: "http://page",
  });
  stop.push(() => notifier.stop());
}

const all = () => list(world.ctx, operations.notifications.list.input.parse({}));
const statesOf = async () =>
  (await all()).flatMap(({ deliveries }) => deliveries.map(({ sink, state }) => `${sink} ${state}`));
const until = (holds: () => Promise<boolean>) => world.until(holds);

async function hook(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const got: { headers: IncomingMessage["headers"]; body: string }[] = [];
  const server: Server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += String(chunk);
    });
    request.on("end", () => {
      got.push({ headers: request.headers, body });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stop.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

describe("a notification", () => {
  it("is made in the transaction of its fact, once for the same thing", async () => {
    await fact("command-1");
    await fact("command-1");
    await fact("command-2");
    await world.store.fast((tx) => {
      tx.tell("dispatch_item_error", { summary: "nothing to people", attributes: { error: "e" } });
    });
    expect((await all()).map(({ kind, urgency, body }) => [kind, urgency, body])).toEqual([
      ["failed", "normal", "message refused"],
      ["failed", "normal", "message refused"],
    ]);
    const failing = world.store.fast((tx) => {
      tx.tell("dispatch_command_failed", {
        summary: "undone",
        correlation: { command_id: "c3" },
        attributes: { error: "e", side_effect_started: false } as never,
      });
      throw new Error("rolled back");
    });
    await expect(failing).rejects.toThrow("rolled back");
    expect(await all()).toHaveLength(2);
  });

  it("reaches every sink that wants it, as JSON, under one id, and nobody else", async () => {
    const file = join(world.root, "told.json");
    const { got, url } = await hook((_request, response) => response.end("ok"));
    notify([
      command({ argv: ["sh", "-c", `cat >> '${file}'`] }),
      { name: "hook", type: "webhook", url, secret: "0123456789abcdef" },
      command({ name: "never", kinds: ["finished"], argv: ["sh", "-c", `echo never >> '${file}'`] }),
    ]);
    await fact("command-1");
    await until(async () => (await statesOf()).filter((state) => state.endsWith("delivered")).length === 2);
    const told = JSON.parse(readFileSync(file, "utf8")) as NoticeMessage;
    expect(told).toMatchObject({ kind: "failed", body: "message refused", link: "http://page/" });
    expect(got).toHaveLength(1);
    expect(JSON.parse(got[0]?.body ?? "")).toEqual(told);
    expect(got[0]?.headers["conveyor-notification"]).toBe(told.id);
    expect((await statesOf()).sort()).toEqual(["desk delivered", "hook delivered"]);
  });

  it("that waited while no server ran is told when there is one", async () => {
    await fact("command-1");
    const { got, url } = await hook((_request, response) => response.end());
    notify([{ name: "hook", type: "webhook", url }]);
    await until(async () => (await statesOf()).includes("hook delivered"));
    expect(got).toHaveLength(1);
  });

  it("is not sent on to where a webhook redirects", async () => {
    const elsewhere = await hook((_request, response) => response.end());
    const { url } = await hook((_request, response) => response.writeHead(307, { location: elsewhere.url }).end());
    notify([{ name: "hook", type: "webhook", url }]);
    await fact("command-1");
    await until(async () => typeof (await all())[0]?.deliveries[0]?.error === "string");
    const [{ deliveries = [] } = {}] = await all();
    expect(deliveries).toMatchObject([{ state: "pending", attempts: 1, error: expect.stringContaining("redirect") }]);
    expect(elsewhere.got).toEqual([]);
  });

  it.each<[string, (url: string) => NoticeSink, (request: IncomingMessage, response: ServerResponse) => void, string]>([
    [
      "a webhook that answers 500",
      (url) => ({ name: "s", type: "webhook", url }),
      (_q, r) => r.writeHead(500).end(),
      "answered 500",
    ],
    [
      "a webhook that never answers",
      (url) => ({ name: "s", type: "webhook", url, timeout_seconds: 1 }),
      () => {},
      "timeout",
    ],
    [
      "a webhook that is not there",
      () => ({ name: "s", type: "webhook", url: "http://127.0.0.1:1/" }),
      () => {},
      "ECONNREFUSED",
    ],
    [
      "a command that hangs",
      () => command({ name: "s", argv: ["sleep", "600"], timeout_seconds: 1 }),
      () => {},
      "timeout",
    ],
    ["a command that crashes", () => command({ name: "s", argv: ["sh", "-c", "exit 3"] }), () => {}, "exit code 3"],
    [
      "a command that floods and fails",
      () => command({ name: "s", argv: ["sh", "-c", "head -c 50000000 /dev/zero; exit 1"] }),
      () => {},
      "exit code 1",
    ],
    [
      "a command that does not exist",
      () => command({ name: "s", argv: ["conveyor-no-such-program"] }),
      () => {},
      "tool_missing",
    ],
  ])("is tried again after %s, which holds up no other", async (_, sink, answer, words) => {
    const bad = await hook(answer);
    const good = await hook((_request, response) => response.end());
    notify([sink(bad.url), { name: "good", type: "webhook", url: good.url }]);
    await fact("command-1", "message refused");
    await until(async () => {
      const [notice] = await all();
      const ended = notice?.deliveries.filter(({ error, state }) => error !== null || state === "delivered") ?? [];
      return ended.length === 2;
    });
    const [notice] = await all();
    const failed = notice?.deliveries.find((one) => one.sink === "s");
    expect(failed).toMatchObject({ state: "pending", attempts: 1, error: expect.stringContaining(words) });
    expect(Date.parse(failed?.due_at ?? "")).toBeGreaterThan(Date.parse(notice?.created_at ?? ""));
    expect(good.got).toHaveLength(1);
  });

  it("is tried again when the server that had begun it is gone", async () => {
    await fact("command-1");
    await world.store.fast((tx) => {
      const [notice] = noticeRows.unplannedNotices(tx, 1);
      noticeRows.planNotice(tx, notice?.id ?? "", [{ sink: "hook", due_at: "2020-01-01T00:00:00.000Z" }]);
      // Taken by somebody who never came back, whose time is over.
      noticeRows.takeDueDelivery(tx, { now: "2020-01-01T00:00:01.000Z", again_at: "2020-01-01T00:10:00.000Z" });
    });
    const { got, url } = await hook((_request, response) => response.end());
    notify([{ name: "hook", type: "webhook", url }]);
    await until(async () => (await statesOf()).includes("hook delivered"));
    expect(got).toHaveLength(1);
    expect((await all())[0]?.deliveries[0]).toMatchObject({ attempts: 2 });
  });
});

describe("notify test", () => {
  it("sends through the sink that is named, and says what went wrong", async () => {
    const file = join(world.root, "told");
    const program = join(world.root, "teller");
    writeFileSync(program, `#!/bin/sh\ncat > '${file}'\n`);
    chmodSync(program, 0o700);
    const sinks = [command({ argv: [program] })];
    expect(await testSink(world.ctx, { sink: "desk", sinks })).toEqual({
      sink: "desk",
      type: "command",
      delivered: true,
    });
    expect(existsSync(file)).toBe(true);
    await expect(testSink(world.ctx, { sink: "none", sinks })).rejects.toMatchObject({ code: "not_found" });
    const broken = [command({ argv: ["false"] })];
    await expect(testSink(world.ctx, { sink: "desk", sinks: broken })).rejects.toMatchObject({
      code: "side_effect_failed",
    });
  });
});

describe("status-line", () => {
  it("says how many agents there are, and what is unread", async () => {
    expect(await statusLine(world.ctx, {})).toEqual({ text: "0 agents", agents: 0, waiting: 0, unread: 0 });
    await world.pair();
    expect(await statusLine(world.ctx, {})).toMatchObject({ agents: 2, text: "2 agents" });
  });
});
