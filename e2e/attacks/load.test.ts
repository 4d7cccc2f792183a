import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { withWorld } from "../support/world/world.ts";

const LIMIT_MS = 60_000;
const WRITERS = 4;
const KILLS = 4;

describe("a server that is killed while many write", () => {
  it("has lost nothing that it acknowledged, and did nothing twice", { timeout: LIMIT_MS }, async () => {
    await withWorld({ mode: "socket" }, async (world) => {
      const acknowledged: string[] = [];
      let stopping = false;
      const port = new URL(world.server?.url ?? "").port;
      const token = world.token;
      let url = world.server?.url ?? "";

      /** Writes as fast as it is answered; an answer that never came says nothing. */
      const writer = async () => {
        while (!stopping) {
          const name = randomUUID();
          const body = JSON.stringify({ name, goal: "g" });
          const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
          try {
            const answer = await fetch(`${url}/trpc/tasks.create`, { method: "POST", headers, body });
            if (answer.status === 200) acknowledged.push(name);
          } catch {
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
        }
      };
      const writers = Array.from({ length: WRITERS }, writer);
      for (let kill = 0; kill < KILLS; kill += 1) {
        const before = acknowledged.length;
        await expect.poll(() => acknowledged.length, { timeout: 15_000 }).toBeGreaterThan(before + 20);
        await world.stopServer("SIGKILL");
        url = (await world.serve("--port", port)).url;
      }
      stopping = true;
      await Promise.all(writers);
      await world.stopServer();
      const tasks = await world.ask<"tasks.list">("tasks");
      const names = tasks.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      const lost = acknowledged.filter((name) => !names.includes(name));
      expect(lost).toEqual([]);
      // What was written and not acknowledged any more is at most one call of each writer at each kill.
      expect(names.length - acknowledged.length).toBeLessThanOrEqual(WRITERS * KILLS);
    });
  });
});
