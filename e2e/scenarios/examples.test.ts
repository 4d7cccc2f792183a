import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Running, start, told } from "../support/world/process.ts";
import { REPOSITORY, type World, withWorld } from "../support/world/world.ts";

const LIMIT_MS = 120_000;
const FOLDER = join(REPOSITORY, "docs/examples");
const TSX = join(REPOSITORY, "node_modules/tsx/dist/loader.mjs");

const EXAMPLES = readdirSync(FOLDER).filter((name) => name.endsWith(".mjs"));
/** The README shows it, so its tests run it. */
const IN_README = "wait-for-completion.mjs";

/** Run an example as its reader would, from the project's folder. */
function run(world: World, example: string, ...argv: string[]): Promise<Running> {
  const options = { cwd: world.project, env: world.callerEnv };
  return start([process.execPath, "--import", TSX, join(FOLDER, example), ...argv], options);
}

async function finished(running: Running): Promise<string> {
  const end = await running.done;
  expect(end.code, told(end)).toBe(0);
  return end.stdout;
}

const deliver = (world: World) => world.ask<"dispatch.run">("dispatch", "--once");

describe("the examples", () => {
  it("follow-inbox prints messages as they come until it is stopped", { timeout: LIMIT_MS }, async () => {
    await withWorld({ mode: "socket" }, async (world) => {
      await world.pair("parser");
      const following = await run(world, "follow-inbox.mjs", "parser-worker");
      for (const message of ["one", "two"]) {
        await world.ask<"dispatch.enqueueNudgeWorker">("enqueue-nudge-worker", "parser", "--message", message);
        await deliver(world);
        await following.printed(new RegExp(`^parser-manager: ${message}$`, "m"));
      }
      following.kill("SIGINT");
      expect(await finished(following)).toBe("parser-manager: one\nparser-manager: two\nstopped\n");
    });
  });

  const together = "supervise and work-off do a piece of work together, and only once, over %s";
  it.each(["embedded", "http"] as const)(together, { timeout: LIMIT_MS }, async (mode) => {
    await withWorld({ mode }, async (world) => {
      await world.pair("parser");
      const manager = await run(world, "supervise.mjs", "parser", "write the parser");
      const [, command_id] = await manager.printed(/^queued: (command-\S+)$/m);
      await deliver(world);
      const worker = await run(world, "work-off.mjs", "parser", "2");
      await worker.printed(/working on: write the parser/);
      expect(await finished(worker)).toBe("working on: write the parser\nnothing left to do\n");
      await deliver(world);
      expect(await finished(manager)).toBe(`queued: ${command_id}\nparser-worker: done: write the parser\n`);

      const again = await run(world, "supervise.mjs", "parser", "write the parser");
      await again.printed(new RegExp(`^queued before: ${command_id}$`, "m"));
      again.kill("SIGKILL");
      await again.done;
      const commands = await world.ask<"dispatch.commands">("commands", "--task", "parser");
      expect(commands.map(({ type }) => type)).toEqual(["nudge_worker", "notify_manager"]);
      await world.ask<"tasks.stop">("stop-task", "parser", "--reason", "enough");
      expect(await finished(await run(world, "work-off.mjs", "parser"))).toBe("the task is closed\n");
    });
  });

  it("give-up ends its wait by itself and says so", { timeout: LIMIT_MS }, async () => {
    await withWorld({ mode: "socket" }, async (world) => {
      await world.pair("parser");
      const waiting = await run(world, "give-up.mjs", "parser-worker", "0.5");
      expect(await finished(waiting)).toBe("interrupted: the wait for an item was interrupted (nothing was taken)\n");
      expect(await finished(await run(world, "give-up.mjs", "nobody", "5"))).toMatch(/^not_found: /);
    });
  });

  it("are all run here or by the test of the README", () => {
    const here = readFileSync(import.meta.filename, "utf8");
    for (const name of EXAMPLES) if (name !== IN_README) expect(here).toContain(`run(world, "${name}"`);
    expect(EXAMPLES).toContain(IN_README);
  });
});
