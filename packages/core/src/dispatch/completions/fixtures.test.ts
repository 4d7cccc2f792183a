import { appendFileSync, copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { reportTurns } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { migrations } from "../../../../store/src/generated/migrations.ts";
import { ingestSession } from "../../observation/ingest.ts";
import { openObserved } from "../../shared/observed.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { pass, rowsOf } from "../testing/scenes.ts";

const folder = fileURLToPath(new URL("../../../../host/fixtures/rollouts/", import.meta.url));

type Report = [outcome: string, last_words: string | null];

/** What a manager learns about a worker whose history is this file, and the worker's state at the end. */
const FIXTURES: [name: string, reports: Report[], stands: Record<string, unknown>][] = [
  ["v0.171-exec-hello", [["completed", "exec done"]], { state: "idle", task_completed: true, kind: "work" }],
  [
    "v0.171-tui-after-clear-then-resumed",
    [
      ["completed", "in the new thread"],
      ["completed", "resumed well"],
    ],
    { state: "idle", task_completed: true, kind: "work" },
  ],
  [
    "v0.171-tui-approvals-declined",
    [["completed", "First answer."]],
    { state: "idle", task_completed: false, outcome: "interrupted" },
  ],
  [
    "v0.171-tui-before-rewind",
    [
      ["completed", "First answer."],
      ["completed", "First answer."],
    ],
    { state: "idle", task_completed: true, outcome: "completed" },
  ],
  [
    "v0.171-tui-compact-question-plan",
    [
      ["completed", "First answer."],
      ["completed", "Here it is.\n"],
    ],
    { state: "idle", task_completed: true, kind: "work" },
  ],
  [
    "v0.171-tui-daemon-cancelled-then-queue",
    [["completed", "First answer."]],
    { state: "idle", task_completed: false, outcome: "interrupted" },
  ],
  [
    "v0.171-tui-edits-approved-mcp-declined",
    [
      ["completed", "First answer."],
      ["completed", "patched"],
      ["completed", "made it"],
    ],
    { state: "idle", task_completed: true },
  ],
  [
    "v0.171-tui-failed-context-then-usage-limit",
    [
      ["completed", "First answer."],
      ["failed", null],
      ["failed", null],
    ],
    { state: "idle", task_completed: false, outcome: "failed", error_info: "usage_limit_exceeded" },
  ],
  // Two turns that the goal began are over and a third runs: they are not reported one by one.
  [
    "v0.171-tui-goal-pursuing",
    [["completed", "First answer."]],
    { state: "busy", task_completed: false, trigger: "goal" },
  ],
  // The command that a person ran is no turn of the agent's.
  [
    "v0.171-tui-interrupt-commands-user-shell",
    [
      ["completed", "First answer."],
      ["completed", "commands are done"],
    ],
    { state: "idle", task_completed: true, kind: "maintenance", outcome: "completed" },
  ],
  [
    "v0.171-tui-rewound-then-killed",
    [["completed", "rewritten"]],
    { state: "busy", task_completed: false, outcome: "running" },
  ],
  ["v0.171-tui-subagent-child", [["completed", "child done"]], { state: "idle", task_completed: true }],
  [
    "v0.171-tui-subagent-parent",
    [
      ["completed", "First answer."],
      ["completed", "parent done"],
    ],
    { state: "idle", task_completed: true },
  ],
];

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

/** A worker on an empty rollout with a fixture's name, bound to a manager, and the fixture's lines. */
async function workerOf(name: string) {
  const lines = readFileSync(join(folder, `${name}.jsonl`), "utf8")
    .trimEnd()
    .split("\n");
  const { id } = (JSON.parse(lines[0] ?? "") as { payload: { id: string } }).payload;
  const file = `rollout-2026-11-29T10-00-00-${id}.jsonl`;
  const path = join(world.home, "sessions", "2026", "11", "29", file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${lines[0]}\n`);
  const { worker } = await world.pair({ task: "t", worker: { codex_session: path } });
  return { path, lines, session_id: worker.session_id, worker };
}

const look = (session_id: string) =>
  pass(world.ctx, {}, () => ingestSession(world.ctx, session_id, { telemetry: "when_new" }));

async function reports(): Promise<Report[]> {
  const rows = await rowsOf<{ payload_json: string }>(
    world,
    "SELECT payload_json FROM routed_notifications ORDER BY seq",
  );
  return rows.map(({ payload_json }) => {
    const { outcome, last_agent_message } = JSON.parse(payload_json).worker_receipt;
    return [outcome, last_agent_message];
  });
}

async function stands(session_id: string) {
  const row = await world.store.read((tx) => tx.db.sessions.findUniqueOrThrow({ where: { id: session_id } }));
  const { state, task_completed, turn } = reportTurns(openObserved(row.observation_json, row.codex_session_id).turns);
  return { state, task_completed, ...turn };
}

describe("what is told of a real rollout", () => {
  it.each(FIXTURES)("%s, read at once, again, from a copy and rewritten", async (name, expected, state) => {
    const { path, lines, session_id, worker } = await workerOf(name);
    writeFileSync(path, `${lines.join("\n")}\n`);
    await look(session_id);
    expect(await reports()).toEqual(expected);
    expect(await stands(session_id)).toMatchObject(state);
    const stored = await rowsOf(world, "SELECT count(*) AS n FROM codex_events");

    copyFileSync(path, `${path}.copy`);
    renameSync(`${path}.copy`, path);
    await look(session_id);
    writeFileSync(`${path}.copy`, `\n${lines.join("\n\n")}\n`);
    renameSync(`${path}.copy`, path);
    await look(session_id);
    await world.worker({ name: worker.name, codex_session: path });
    await look(session_id);
    expect(await rowsOf(world, "SELECT count(*) AS n FROM codex_events")).toEqual(stored);
    expect(await reports()).toEqual(expected);
    expect(await stands(session_id)).toMatchObject(state);
  });

  it.each(FIXTURES)("%s, read after every line, each of which came in two pieces", async (name, expected, state) => {
    const { path, lines, session_id } = await workerOf(name);
    for (const line of lines.slice(1)) {
      const cut = Math.floor(line.length / 3);
      appendFileSync(path, line.slice(0, cut));
      await ingestSession(world.ctx, session_id, { telemetry: "when_new" });
      appendFileSync(path, `${line.slice(cut)}\n`);
      await look(session_id);
    }
    expect(await reports()).toEqual(expected);
    expect(await stands(session_id)).toMatchObject(state);
  });

  it.each(FIXTURES)("%s, in a ledger of before turns were derived with their records", async (name, expected) => {
    const { path, lines, session_id } = await workerOf(name);
    writeFileSync(path, `${lines.join("\n")}\n`);
    await ingestSession(world.ctx, session_id, { telemetry: "when_new" });
    await asMigrated();
    await look(session_id);
    expect(await reports()).toEqual(expected);
  });

  it("was derived when it was stored: what becomes of the records afterwards changes nothing", async () => {
    const { path, lines, session_id } = await workerOf("v0.171-tui-failed-context-then-usage-limit");
    writeFileSync(path, `${lines.join("\n")}\n`);
    await ingestSession(world.ctx, session_id, { telemetry: "when_new" });
    await world.store.fast((tx) => tx.sql.atomic("UPDATE codex_events SET subtype = NULL, payload_json = '{}'").run());
    await look(session_id);
    expect(await reports()).toEqual([
      ["completed", null],
      ["failed", null],
      ["failed", null],
    ]);
  });
});

/** The turn ends as the migration leaves them in a ledger of before: their places, and nothing of what they came to. */
async function asMigrated(): Promise<void> {
  const sql = migrations.find(({ name }) => name.endsWith("_turn_ends"))?.sql ?? "";
  const backfill = /INSERT INTO "turn_ends"[^;]*;/.exec(sql)?.[0] ?? "";
  await world.store.fast((tx) => {
    tx.sql.atomic("DELETE FROM turn_ends").run();
    tx.sql.search(backfill).run();
  });
}
