import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { waitUntil } from "../support/scripted-agent/wait.ts";
import { told } from "../support/world/process.ts";
import { type World, withWorld } from "../support/world/world.ts";

const LIMIT_MS = 90_000;

async function send(world: World, message: string): Promise<void> {
  for (const argv of [
    ["enqueue-nudge-worker", "parser", "--message", message],
    ["dispatch", "--once"],
  ]) {
    const ran = await (await world.begin(argv, { env: world.env })).done;
    if (ran.code !== 0) throw new Error(told(ran));
  }
}

describe("a subscriber whose server goes away and comes back", () => {
  const rows = [
    { mode: "socket", signal: "SIGTERM" },
    { mode: "socket", signal: "SIGKILL" },
    { mode: "http", signal: "SIGTERM" },
    { mode: "http", signal: "SIGKILL" },
  ] as const;
  it.each(rows)(
    "over $mode, ended by $signal: gets every message once and in order",
    { timeout: LIMIT_MS },
    async ({ mode, signal }) => {
      await withWorld({ mode }, async (world) => {
        await world.pair("parser");
        const conveyor = await world.connect();
        const received: unknown[] = [];
        const stop = new AbortController();
        const listening = (async () => {
          for await (const item of conveyor.inbox.onItem({ task: "parser", role: "worker" }, { signal: stop.signal })) {
            received.push(item.payload["message"]);
          }
        })();
        const arrived = (count: number) =>
          waitUntil(async () => received.length >= count, {
            limit_ms: 20_000,
            what: () => `message ${count}; so far ${received}`,
          });

        await send(world, "before");
        await arrived(1);
        const port = new URL(world.server?.url ?? "").port;
        await world.stopServer(signal);
        await send(world, "while it is away");
        await world.serve("--port", port);
        await send(world, "after");
        await arrived(3);
        await world.stopServer(signal);
        await world.serve("--port", port);
        await send(world, "after the second time");
        await arrived(4);
        stop.abort();
        await listening;
        expect(received).toEqual(["before", "while it is away", "after", "after the second time"]);
      });
    },
  );
});

describe("a discovery file that is no longer true", () => {
  it("is passed over, whatever is wrong with it", { timeout: LIMIT_MS }, async () => {
    await withWorld({ mode: "socket" }, async (world) => {
      await world.ask<"tasks.create">("tasks", "--create", "parser", "--goal", "parse everything");
      const file = join(world.state_root, "server.json");
      const true_record = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
      await world.stopServer("SIGKILL");
      expect(existsSync(file)).toBe(true);

      const untrue = [
        true_record,
        { ...true_record, pid: process.pid },
        { ...true_record, pid: process.pid, pid_started_at: null, socket: file },
        { ...true_record, version: "0.0.0" },
        { ...true_record, protocol: 999 },
        { ...true_record, socket: join(world.root, "nothing.sock") },
      ].map((record) => JSON.stringify(record));
      for (const text of [...untrue, "{", "", "null", "[]"]) {
        writeFileSync(file, text);
        const ran = await world.cli("tasks");
        expect([text, ran.code, ran.stdout, ran.stderr]).toEqual([
          text,
          0,
          "parser\tcandidate\tparse everything\n",
          "",
        ]);
      }
      const { pid } = await world.serve();
      expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ pid });
    });
  });
});

describe("a second server for the same ledger", () => {
  it("is refused and says who holds it, and the first goes on", { timeout: LIMIT_MS }, async () => {
    await withWorld({ mode: "socket" }, async (world) => {
      const second = await world.refused("serve", "--port", "0");
      expect([second.code, second.error.code]).toEqual([2, "conflict"]);
      expect(second.error.message).toContain(String(world.server?.pid));
      await world.ask<"tasks.create">("tasks", "--create", "parser", "--goal", "parse everything");
      expect(await world.ask<"system.serverStatus">("serve", "--status")).toMatchObject({
        running: true,
        pid: world.server?.pid,
      });
    });
  });

  it("of several that start at once exactly one serves", { timeout: LIMIT_MS }, async () => {
    await withWorld({}, async (world) => {
      const begun = await Promise.all(
        Array.from({ length: 4 }, () => world.begin(["serve", "--port", "0", "--no-dispatch", "--json"])),
      );
      const ended = new Set<number>();
      for (const running of begun) void running.done.then(() => ended.add(running.pid));
      await waitUntil(async () => ended.size === begun.length - 1, {
        limit_ms: 30_000,
        what: () => `three refusals, not ${ended.size}`,
      });
      const [winner] = begun.filter(({ pid }) => !ended.has(pid));
      expect(await world.ask<"system.serverStatus">("serve", "--status")).toMatchObject({
        running: true,
        pid: winner?.pid,
      });
      expect(await world.ask<"system.stopServer">("serve", "--stop")).toMatchObject({ stopped: true });
      expect((await winner?.done)?.code).toBe(0);
    });
  });
});
