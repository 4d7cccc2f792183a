import { type CallOf, operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deregister as deregisterSession } from "../sessions/deregister.ts";
import { finish as finishTask } from "../tasks/finish.ts";
import { createWorld, type World } from "../testing/world.ts";
import { discover } from "./discover.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

function find(query = "", more: Partial<CallOf<typeof operations.discovery.discover>> = {}) {
  return discover(world.ctx, operations.discovery.discover.input.parse({ query, ...more }));
}

const names = (rows: readonly { name: string }[]) => rows.map(({ name }) => name);

describe("discover", () => {
  it("finds nothing in an empty ledger and says whom to register", async () => {
    const found = await find("  ");
    expect(found).toMatchObject({ query: "", tasks: [], sessions: [], bindings: [], telemetry: [] });
    expect(found.suggestions.map(({ kind }) => kind)).toEqual(["register-worker", "register-manager"]);
    expect(found.suggestions[0]?.prompt).toContain("manage-codex-workers");
  });

  it("suggests the bind command for the first open task and free sessions, ready to run", async () => {
    await world.task({ name: "it's auth" });
    await world.worker({ name: "foo" });
    await world.manager({ name: "foo-mgr" });
    const { suggestions } = await find();
    expect(suggestions).toEqual([
      {
        kind: "bind",
        task: "it's auth",
        worker: "foo",
        manager: "foo-mgr",
        command: `conveyor bind --task 'it'"'"'s auth' --worker 'foo' --manager 'foo-mgr' --path '${world.ctx.settings.ledger_path}'`,
      },
    ]);
  });

  it("looks for sessions to suggest beyond what the query found, prefers those it found, and never takes bound ones", async () => {
    await world.pair({ task: "taken" });
    await world.task({ name: "auth" });
    await world.worker({ name: "one" });
    await world.worker({ name: "two-auth" });
    await world.manager({ name: "boss" });
    const { sessions, suggestions } = await find("auth");
    expect(names(sessions)).toEqual(["two-auth"]);
    expect(suggestions).toMatchObject([{ kind: "bind", task: "auth", worker: "two-auth", manager: "boss" }]);
  });

  it("matches any part of a task, session or binding in any case", async () => {
    await world.task({ name: "parser", goal: "Rewrite the LEXER", summary: null });
    const { worker } = await world.pair({ task: "100%_done", worker: { codex_app_thread_id: "Thread-77" } });
    expect(names((await find("lexer")).tasks)).toEqual(["parser"]);
    expect(names((await find("0%_D")).tasks)).toEqual(["100%_done"]);
    expect((await find("%")).bindings).toMatchObject([
      { task_name: "100%_done", worker_name: worker.name, state: "active" },
    ]);
    expect(names((await find("thread-77")).sessions)).toEqual([worker.name]);
  });

  it("hides what is closed and gone unless asked, and never shows an identity token", async () => {
    const { task, worker } = await world.pair({ task: "old" });
    await finishTask(world.ctx, operations.tasks.finish.input.parse({ task: task.name }));
    await deregisterSession(world.ctx, { session: worker.name });
    expect(names((await find("old")).tasks)).toEqual([]);
    const all = await find("old", { all: true });
    expect(names(all.tasks)).toEqual(["old"]);
    expect(names(all.sessions)).toContain(worker.name);
    expect(JSON.stringify(all)).not.toMatch(/session-token-/);
  });

  it("searches telemetry only with a query: every word, newest first, or an event type", async () => {
    await world.task({ name: "alpha" });
    await world.task({ name: "beta" });
    expect((await find()).telemetry).toEqual([]);
    expect((await find("task_created")).telemetry.map(({ summary }) => summary)).toEqual([
      "task beta created",
      "task alpha created",
    ]);
    expect((await find("created beta")).telemetry).toHaveLength(1);
    for (const query of ['"', "beta OR alpha NEAR(", "* ^ -", "a'b"])
      await expect(find(query)).resolves.toMatchObject({ query });
  });

  it("shows at most as many of each kind as asked for", async () => {
    for (const name of ["a1", "a2", "a3"]) await world.task({ name });
    expect(names((await find("", { limit: 2 })).tasks)).toEqual(["a1", "a2"]);
    expect((await find("a", { limit: 0 })).tasks).toEqual([]);
  });
});
