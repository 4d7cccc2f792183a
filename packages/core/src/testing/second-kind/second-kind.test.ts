import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { operations } from "@conveyor/contracts/registry";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bind } from "../../bindings/bind.ts";
import { nudge, pass, rowsOf } from "../../dispatch/testing/scenes.ts";
import { cycle } from "../../observation/cycle.ts";
import { ingestSession } from "../../observation/ingest.ts";
import { list as listSessions } from "../../sessions/list.ts";
import { registerWorker } from "../../sessions/register.ts";
import { identify } from "../../shared/identity.ts";
import { sessionParty } from "../../shared/party.ts";
import { startManager } from "../../startup/start-manager.ts";
import { startWorker } from "../../startup/start-worker.ts";
import { createWorld, type World } from "../world.ts";
import { scribbleAgent } from "./agent.ts";
import { installScribble } from "./program.ts";

let folder: string;
let world: World;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "conveyor-second-"));
  mkdirSync(join(folder, "bin"));
  installScribble(join(folder, "bin"));
});
afterEach(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A world that knows the second kind, as the standard or beside Codex. */
function withScribble(standard?: "scribble"): void {
  const PATH = [join(folder, "bin"), process.env["PATH"] ?? ""].join(delimiter);
  world = createWorld({ env: { HOME: folder, PATH }, agents: { others: [scribbleAgent(folder)], standard } });
}

function journals(): string[] {
  const lines = readdirSync(join(folder, "journals")).map((name) =>
    readFileSync(join(folder, "journals", name), "utf8"),
  );
  return lines.map((text) => decodeURIComponent(text));
}

const common = { accept_trust: true, timeout_seconds: 20 };
const ingest = (session_id: string) => ingestSession(world.ctx, session_id, { telemetry: "when_new" });

describe("an agent of another kind, which core does not know", () => {
  it("is started, asked for trust, observed, typed to, and its turns are reported to a manager of its kind", async () => {
    withScribble("scribble");
    const cwd = world.cwd;
    const worker = await startWorker(
      world.ctx,
      operations.startup.startWorker.input.parse({ ...common, cwd, name: "ada", task: "draw a map" }),
    );
    const manager = await startManager(
      world.ctx,
      operations.startup.startManager.input.parse({ ...common, cwd, name: "bob", task: "watch ada" }),
    );
    expect(worker).toMatchObject({ tmux_session: "scribble-ada", sandbox: "none", cwd });
    expect(worker.codex_session_path).toMatch(/\.journal$/);
    const task = await world.task({ name: "map" });
    await bind(world.ctx, { task: task.id, worker: worker.name, manager: manager.name });

    // Observed: its own first turn is over.
    await expect
      .poll(() => cycle(world.ctx, { task: task.name, busy_wait_seconds: 90 }), { timeout: 10_000 })
      .toMatchObject({ state: "idle", task_completed: true, attention: "none", conflict: null });
    const seen = await cycle(world.ctx, { task: task.name, busy_wait_seconds: 90 });
    expect(seen.manager_context.worker_receipt).toMatchObject({ turn_id: "turn-1", outcome: "completed" });
    expect(seen.manager_context.worker_receipt?.last_agent_message).toMatch(/^wrote: /);

    // Typed to: the worker's own journal confirms it.
    await nudge(world.ctx, task.name, "add the rivers");
    const typed = await pass(world.ctx, {}, ingest);
    expect(typed.processed).toContainEqual(
      expect.objectContaining({ command_type: "nudge_worker", state: "delivered" }),
    );
    expect(journals().join("\n")).toMatch(/\theard\tturn-2\t.*add the rivers/s);

    // Reported: the turn that came of it is typed to the manager, whose journal confirms it.
    const reports = async () => {
      await pass(world.ctx, {}, ingest);
      const rows = await rowsOf<{ state: string; submission: string; payload_json: string }>(
        world,
        "SELECT state, submission, payload_json FROM routed_notifications WHERE signal_type = 'worker_task_complete' ORDER BY seq",
      );
      return rows.map(({ payload_json, ...row }) => ({ ...row, receipt: JSON.parse(payload_json).worker_receipt }));
    };
    const receipt = expect.objectContaining({ turn_id: "turn-2", outcome: "completed", error_info: null });
    await expect
      .poll(reports, { timeout: 15_000 })
      .toContainEqual({ state: "delivered", submission: "confirmed", receipt });
    expect(journals().join("\n")).toMatch(/\theard\tturn-\d\t.*ada appears to have finished a turn/s);

    // Compared with what is recorded: everything is where it was.
    const row = await world.store.read((tx) => tx.db.sessions.findUniqueOrThrow({ where: { name: "ada" } }));
    expect(row.agent_kind).toBe("scribble");
    expect((await identify(world.ctx, sessionParty(row))).mismatches).toEqual([]);
  });

  it("is told from Codex by its program and by its record, and its failures are named", async () => {
    withScribble();
    const env = { SCRIBBLE_HOME: folder, PATH: process.env["PATH"] };
    const argv = [join(folder, "bin", "scribble"), "--note", "please stumble"];
    const pane = await world.host.tmux.start({ session: "pen", cwd: world.cwd, argv, env });
    const target = { session: "pen", agent: { process: null, isProgram: () => true } };
    await expect.poll(() => world.host.tmux.capture({ session: "pen" }, 0), { timeout: 10_000 }).toContain("yours?");
    await world.host.tmux.submit(target);
    await expect.poll(() => journals().join(""), { timeout: 10_000 }).toContain("\tfailed\tturn-1\tink");

    const register = (more: object) =>
      registerWorker(world.ctx, operations.sessions.registerWorker.input.parse({ cwd: world.cwd, ...more }));
    const by_pid = await register({ name: "by-pid", pid: pane.pid, tmux_session: "pen" });
    const by_record = await register({ name: "by-record", codex_session: by_pid.codex_session_path ?? "" });
    const codex = await register({ name: "codex", codex_session: world.rollout() });
    expect(by_pid.warnings).toEqual([]);
    expect(await rowsOf(world, "SELECT name, agent_kind FROM sessions ORDER BY seq")).toEqual([
      { name: "by-pid", agent_kind: "scribble" },
      { name: "by-record", agent_kind: "scribble" },
      { name: "codex", agent_kind: "codex" },
    ]);

    for (const { session_id } of [by_pid, by_record, codex]) await ingest(session_id);
    const listed = await listSessions(world.ctx, operations.sessions.list.input.parse({}));
    expect(listed.find(({ name }) => name === "by-pid")?.agent_status).toMatchObject({
      phase: "failed",
      detail: "its last turn failed: ink",
    });
  });
});
