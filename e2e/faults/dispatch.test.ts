import { describe, expect, it } from "vitest";
import type { ScriptedAgent } from "../support/scripted-agent/launch.ts";
import { waitUntil } from "../support/scripted-agent/wait.ts";
import { type World, withWorld } from "../support/world/world.ts";

const LIMIT_MS = 120_000;

/** A worker in a terminal and a manager without one, bound to the task `parser`. */
async function pairInTerminal(world: World): Promise<ScriptedAgent> {
  const agent = await world.agent("worker-pane");
  await agent.waitForTurns(1);
  await world.ask<"tasks.create">("tasks", "--create", "parser", "--goal", "parse everything");
  await world.ask<"sessions.registerWorker">(
    ...["register-worker", "--name", "ada", "--pid", String(agent.pid), "--tmux-session", "worker-pane"],
  );
  await world.ask<"sessions.registerManager">("register-manager", "--name", "bob", "--codex-session", world.rollout());
  await world.ask<"bindings.bind">("bind", "--task", "parser", "--worker", "ada", "--manager", "bob");
  return agent;
}

const pastes = async (agent: ScriptedAgent) =>
  (await agent.receivedKeys()).filter(({ kind }) => kind === "paste").map(({ text }) => text?.trim() ?? "");

const commandsOf = (world: World) => world.ask<"dispatch.commands">("commands", "--task", "parser", "--attempts");

describe("dispatchers that work at the same time", () => {
  it("type each message into the terminal once", { timeout: LIMIT_MS }, async () => {
    await withWorld({}, async (world) => {
      const agent = await pairInTerminal(world);
      const sent = ["do: say one", "do: say two", "do: say three"];
      for (const message of sent)
        await world.ask<"dispatch.enqueueNudgeWorker">("enqueue-nudge-worker", "parser", "--message", message);
      const watch = ["dispatch", "--watch", "--interval", "0.2", "--no-ingest", "--type", "nudge_worker"];
      const racers = [
        await world.begin([...watch, "--dispatcher-id", "one"]),
        await world.begin([...watch, "--dispatcher-id", "two"]),
      ];
      const arrived = async () => (await pastes(agent)).length >= sent.length;
      await waitUntil(arrived, { limit_ms: 30_000, what: () => "all messages in the terminal" });
      for (const racer of racers) racer.kill("SIGTERM");
      expect((await Promise.all(racers.map(({ done }) => done))).map(({ code }) => code)).toEqual([0, 0]);
      const attributed = sent.map((text, index) => `[from bob (manager), item #${index + 1}]\n${text}`);
      expect(await pastes(agent)).toEqual(attributed);
    });
  });
});

/**
 * Where a dispatcher dies, whether the text had reached the terminal by then and was taken there, whether that was
 * recorded, and what the next dispatcher makes of it.
 */
const DEATHS = [
  { at: "claimed", typed: 0, taken: 0, recorded: false, next: "delivered" },
  { at: "item_inserted", typed: 0, taken: 0, recorded: false, next: "delivered" },
  { at: "buffer_loaded", typed: 0, taken: 0, recorded: false, next: "delivered" },
  { at: "side_effect_started", typed: 0, taken: 0, recorded: false, next: "failed" },
  { at: "text_typed", typed: 1, taken: 0, recorded: false, next: "failed" },
  { at: "submitted", typed: 1, taken: 1, recorded: false, next: "failed" },
  { at: "pasted", typed: 1, taken: 1, recorded: true, next: "failed" },
  { at: "finishing", typed: 1, taken: 1, recorded: true, next: "failed" },
  { at: "completed", typed: 1, taken: 1, recorded: true, next: "nothing" },
] as const;

const LAST_STATE = { delivered: "succeeded", failed: "failed", nothing: "succeeded" } as const;

describe("a dispatcher that is killed while it delivers to a terminal", () => {
  it.each(DEATHS)(
    "at $at: the message is typed at most once, then $next",
    { timeout: LIMIT_MS },
    async ({ at, typed, taken, recorded, next }) => {
      await withWorld({}, async (world) => {
        const agent = await pairInTerminal(world);
        await world.ask<"dispatch.enqueueNudgeWorker">("enqueue-nudge-worker", "parser", "--message", "do: say hello");
        const once = ["dispatch", "--once", "--type", "nudge_worker", "--no-ingest"];
        const killed = await world.begin(once, { env: { CONVEYOR_ABORT_AT: at } });
        expect((await killed.done).signal).toBe("SIGKILL");
        const arrived = async () => (await pastes(agent)).length === typed;
        await waitUntil(arrived, { what: () => `${typed} texts in the terminal` });
        await agent.waitForTurns(1 + taken);

        // Its lease has a minute to go, but everybody on this machine can see that it is dead.
        const results: string[] = [];
        for (let pass = 0; pass < 2; pass += 1) {
          const { processed } = await world.ask<"dispatch.run">(...once);
          results.push(...processed.map(({ state }) => state));
        }
        expect(results.filter((state) => state !== "requeued")).toEqual(next === "nothing" ? [] : [next]);
        if (next === "delivered") await agent.waitForTurns(2);
        expect(await pastes(agent)).toHaveLength(next === "delivered" ? 1 : typed);

        const [command] = await commandsOf(world);
        expect(command?.state).toBe(LAST_STATE[next]);
        if (next === "failed") {
          expect(command?.attempt_history).toMatchObject([
            { state: "failed", side_effect_started: true, side_effect_completed: recorded },
          ]);
        }
        expect(await world.ask<"system.dbDoctor">("db-doctor")).toMatchObject({ ok: true });
      });
    },
  );
});

describe("a dispatcher that is killed while it reports a finished turn", () => {
  it("is followed by one that reports it, once", { timeout: LIMIT_MS }, async () => {
    await withWorld({}, async (world) => {
      const agent = await pairInTerminal(world);
      await agent.pane.submit("do: say finished");
      await agent.waitForTurns(2);
      const once = ["dispatch", "--once"];
      const killed = await world.begin(once, { env: { CONVEYOR_ABORT_AT: "completion_claimed" } });
      expect((await killed.done).signal).toBe("SIGKILL");
      for (let pass = 0; pass < 2; pass += 1) await world.ask<"dispatch.run">(...once);
      const { items } = await world.ask<"inbox.manager">("manager-inbox", "parser");
      expect(items.map(({ signal_type }) => signal_type)).toEqual(["worker_task_complete"]);
    });
  });
});
