import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { AnyOperation, OperationPath } from "@conveyor/contracts";
import { directory } from "@conveyor/contracts/directory";
import { allOperations } from "@conveyor/contracts/registry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { redact } from "../../packages/core/src/shared/redaction.ts";
import { markedFields } from "../../tools/contracts/content.ts";
import { RouterWorld } from "./router-world.ts";

type Input = Record<string, unknown>;

/** What an operation needs beside the content that is planted into its marked fields. A new one is a new row. */
const TAKES: Record<string, () => Input> = {
  "dispatch.enqueueNudgeWorker": () => ({ task: "auth", correlation_id: "slice" }),
  "dispatch.enqueueNotifyManager": () => ({ task: "auth", correlation_id: "slice" }),
  "dispatch.enqueueContinueIteration": () => ({ task: "auth", loop_run: "nightly", requested_iteration: 1 }),
  "inbox.acknowledge": () => ({ task: "auth", role: "worker", notification_id: taken, status: "accepted" }),
  "autonomy.recordSmoke": () => ({ task: "auth", role: "worker", status: "blocked", smoke_id: "smoke", nonce: "word" }),
  "decisions.record": () => ({ task: "auth", decision: "nudge", reason: "it stands still" }),
  "tasks.checkFinish": () => ({ task: "ending" }),
  "contract.recordWorkerAck": () => ({ task: "auth" }),
  "contract.recordManagerAck": () => ({ task: "auth" }),
  "contract.handoff": () => ({ task: "auth", summary: "the parser is split" }),
  "contract.requestCompact": () => ({ task: "auth", prompt_only: true }),
  "contract.compactWorker": () => ({ task: "auth", prompt_only: true, reason: "the context is long" }),
  "continuations.submit": () => ({ task: "auth", proposer: "worker", correlation_id: "turn" }),
  "continuations.review": () => ({ task: "auth", correlation_id: "turn" }),
  "criteria.plan": () => ({ task: "auth" }),
  "everyday.send": () => ({ ref: "auth", when: "now", timeout: 0 }),
  "everyday.run": () => ({ cwd: world.root, detach: true }),
  "criteria.applyPlan": () => ({ task: "auth" }),
  "observation.nudge": () => ({ session: "w" }),
  "observation.interrupt": () => ({ session: "w" }),
  "terminals.stop": () => ({ name: "w" }),
  "workers.nudge": () => ({ name: "w" }),
  "workers.interrupt": () => ({ name: "w" }),
  "loops.classifyPrompt": () => ({}),
  "loops.classifyText": () => ({}),
  "workers.classify": () => ({}),
  "workers.create": () => ({ name: "fresh", cwd: world.root }),
  "workers.startTest": () => ({ name: "trial", cwd: world.root }),
  "startup.startWorker": () => ({ name: "w2", cwd: world.root }),
  "startup.planPair": () => ({ task: "two", cwd: world.root, worker_name: "w3", manager_name: "m3" }),
  "startup.pair": () => ({ task: "two", cwd: world.root, worker_name: "w3", manager_name: "m3" }),
  "tasks.finish": () => ({ task: "ending" }),
  "tasks.stop": () => ({ task: "stopping" }),
};

interface Surface {
  input: Input;
  /** Shows something planted to whoever asks for it. */
  opens?: true;
  /** Hides just what the rules for documents of free form would hide anywhere in it. */
  by_rules?: true;
}

/** What shows content to whoever asks for it, or hides it always. A new one is a new row. */
const SHOWS: Record<string, Surface> = {
  "audit.show": { input: { task: "auth" }, opens: true, by_rules: true },
  "audit.replay": { input: { task: "auth" }, opens: true },
  "audit.mutations": { input: { task: "auth" } },
  "audit.onEntry": { input: { task: "auth", backlog: 1000 }, opens: true },
  "audit.trace": { input: { correlation_id: "slice" }, opens: true, by_rules: true },
  "dispatch.commands": { input: { attempts: true }, opens: true, by_rules: true },
  "dispatch.showCommand": { input: {}, opens: true },
  "dispatch.overview": { input: { task: "auth" }, opens: true },
  "everyday.inspect": { input: { ref: "1" }, opens: true },
  "everyday.logs": { input: { ref: "auth" }, opens: true },
  "everyday.onLog": { input: { ref: "auth" }, opens: true },
  "observation.tail": { input: { session: "w", limit: 100 }, opens: true, by_rules: true },
  "observation.divergences": { input: { task: "auth" } },
  "transcripts.show": { input: { task: "auth" }, opens: true, by_rules: true },
  "transcripts.capture": { input: { task: "auth" } },
  "workers.capture": { input: { name: "w" } },
  "workers.events": { input: { name: "w" }, opens: true, by_rules: true },
  "workers.followEvents": { input: { name: "w" }, opens: true },
  "telemetry.list": { input: { limit: 10_000 } },
  "telemetry.snapshot": { input: {} },
  "telemetry.snapshotTask": { input: { task: "auth" } },
  "telemetry.task": { input: { of: "auth" } },
  "telemetry.check": { input: {} },
  "telemetry.checkTask": { input: { task: "auth" } },
  "telemetry.failures": { input: {} },
  "telemetry.onEvent": { input: {} },
  "checks.show": { input: { check: 1 }, opens: true },
  "checks.runs": { input: { task: "proving" }, opens: true },
  "proof.verify": { input: { task: "proving", all: true }, opens: true },
  "worktrees.diff": { input: { worktree: "1" }, opens: true },
  "discovery.discover": { input: { query: "probe", all: true } },
  "tasks.finish": { input: { task: "auth" } },
};

const operations = allOperations().filter(({ kind }) => kind !== "local");
const marked = (schema: unknown) => markedFields(schema as Parameters<typeof markedFields>[0]);
const takers = operations.filter(({ input }) => marked(input).length > 0);
const showers = operations.filter(({ path }) => directory[path as OperationPath].content !== undefined);

let world: RouterWorld;
/** Number of the message that the worker took. */
let taken = 0;
/** Everything that was planted, and where. */
const planted = new Map<string, string>();

/** Words of their own for a place. */
function plant(where: string): string {
  const words = `velvet otter number ${planted.size + 1}.`;
  planted.set(words, where);
  return words;
}

/** The places whose words a text shows. */
const shownIn = (text: string) => [...planted].flatMap(([words, where]) => (text.includes(words) ? [where] : []));

/** The input with words in every field that its contract marks. */
function planting(op: AnyOperation): Input {
  const input = TAKES[op.path]?.() ?? {};
  for (const { at, kind } of marked(op.input)) {
    const where = `${op.path} ${at.join("/")}`;
    const is_text = kind === "text" || kind === "message";
    input[at[0] as string] = is_text ? plant(where) : { message: plant(where), text: plant(where) };
  }
  return input;
}

/** Answers to the planting calls by path, whatever they were. */
const told = new Map<string, string>();

async function plantEverything(): Promise<void> {
  const last = ["tasks.finish", "tasks.stop", "inbox.acknowledge", "terminals.stop"];
  for (const op of takers.filter(({ path }) => !last.includes(path))) {
    told.set(op.path, JSON.stringify(await world.answers(op.path, planting(op))));
  }
  await world.call("dispatch.run", { limit: 10 });
  const { consumed } = await world.call<{ consumed: { id: number } }>("inbox.takeWorker", { task: "auth" });
  taken = consumed.id;
  for (const path of ["inbox.acknowledge", "tasks.finish", "tasks.stop"]) {
    const op = takers.find((one) => one.path === path) as AnyOperation;
    told.set(path, JSON.stringify(await world.answers(path, planting(op))));
  }
}

/** What comes in by other ways: rollouts, terminals, cycles, an earlier tool's telemetry and event files. */
async function recordEverything(): Promise<void> {
  const payload = {
    type: "agent_message",
    message: plant("a rollout"),
    last_agent_message: plant("a rollout, last words"),
  };
  world.rollout("w.jsonl", threadOf("w"), [{ timestamp: "2026-01-01T00:00:01.000Z", type: "event_msg", payload }]);
  await world.call("observation.ingest", { session: "w" });
  await world.runtime.ledger.open("write").write(async (tx) => {
    const { id: task_id } = await tx.db.tasks.findFirstOrThrow({ where: { name: "auth" } });
    const size = { byte_count: 1, line_count: 1, content_sha256: "00", captured_at: tx.now };
    const capture = await tx.db.terminal_captures.create({
      data: {
        ...{ ...size, seq: tx.seq(), task_id, role: "worker", tmux_session: "w", history_lines: 200 },
        ...{
          content: plant("a terminal"),
          classifier_json: '{"busy_wait":null,"startup":["ready","prompt"]}',
          source: "transcript_capture",
        },
      },
    });
    await tx.db.transcript_segments.create({
      data: {
        ...{ ...size, seq: tx.seq(), task_id, role: "worker", source_capture_id: capture.id, created_at: tx.now },
        ...{ segment_text: plant("a transcript"), retention_class: "hot", segment_kind: "segment" },
      },
    });
    const status = {
      notable_pane_pattern: "approval",
      output: plant("a cycle"),
      pane: { content_sha256: "00", text: plant("a pane") },
    };
    await tx.db.manager_cycles.create({
      data: {
        seq: tx.seq(),
        task_id,
        started_at: tx.now,
        completed_at: tx.now,
        state: "succeeded",
        status_json: JSON.stringify(status),
      },
    });
  });
  const folder = join(world.root, "state", "w");
  mkdirSync(folder);
  appendFileSync(
    join(folder, "events.jsonl"),
    `${JSON.stringify({ type: "nudge", message: plant("an event file") })}\n`,
  );
}

/** A check that prints words: its output is content, what it runs is not. */
async function proveSomething(): Promise<void> {
  const root = join(world.root, "proving");
  mkdirSync(root);
  appendFileSync(join(root, "words"), plant("the output of a check"));
  await world.call("tasks.create", { name: "proving", goal: "prove it" });
  const criterion = { task: "proving", criterion: "speaks", source: "user_requested", status: "accepted" };
  const { affected_criterion } = await world.call<{ affected_criterion: { id: number } }>("criteria.add", criterion);
  const check = { criterion_id: affected_criterion.id, name: "prints", argv: ["/bin/cat", "words"] };
  await world.call("checks.add", { task: "proving", ...check });
  await world.call("proof.verify", { task: "proving", root });
}

/** A working tree with changes, which are content. */
async function changeSomething(): Promise<void> {
  const repository = join(world.root, "changing");
  const path = join(world.root, "changing.worktrees", "w");
  mkdirSync(repository);
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", repository, ...args], { stdio: "pipe", encoding: "utf8" });
  git("init", "-q");
  appendFileSync(join(repository, "words"), "plain\n");
  git("add", "-A");
  git("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false", "commit", "-qm", "first");
  git("worktree", "add", "-q", "-b", "own", path);
  appendFileSync(join(path, "words"), plant("a change of a file"));
  // This machine has no git otherwise.
  symlinkSync(
    execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim(),
    join(world.root, "bin", "git"),
  );
  const { host } = world.runtime.context(new AbortController().signal);
  await world.runtime.ledger.open("write").write(async (tx) => {
    const seq = tx.seq();
    const place = { repository, path, branch: "own", base_commit: git("rev-parse", "HEAD").trim() };
    const made = { made_branch: true, state: "ready", created_at: tx.now };
    await tx.db.worktrees.create({ data: { seq, updated_seq: seq, host_id: host.host_id, ...place, ...made } });
  });
}

const threadOf = (name: string) => `0199a213-81c0-7800-8aa1-${Buffer.from(name.padEnd(6, "-")).toString("hex")}`;

beforeAll(async () => {
  world = new RouterWorld();
  await world.pair("auth", "w", "m");
  for (const name of ["ending", "stopping"]) await world.call("tasks.create", { name, goal: "end well" });
  await world.call("autonomy.startSmoke", { task: "auth", smoke_id: "smoke", nonce: "word" });
  await plantEverything();
  await recordEverything();
  await proveSomething();
  await changeSomething();
}, 120_000);
afterAll(() => world.close());

async function answerOf(path: string, input: Input): Promise<unknown> {
  const stream = operations.find((op) => op.path === path)?.kind === "subscription";
  const answers = await world.answers(path, input, stream ? { patience_ms: 500, most: 200 } : {});
  return stream ? answers : answers[0];
}

/** The input of a surface; the command is the one that was queued for the worker. */
async function inputOf(path: string): Promise<Input> {
  const { input } = SHOWS[path] as Surface;
  if (path !== "dispatch.showCommand") return input;
  const commands = await world.call<{ id: string; type: string }[]>("dispatch.commands", {});
  return { command: commands.find(({ type }) => type === "nudge_worker")?.id };
}

it("plants into every field of an input that is marked, and looks at every answer that has content", () => {
  expect(Object.keys(TAKES).sort()).toEqual(takers.map(({ path }) => path).sort());
  expect(Object.keys(SHOWS).sort()).toEqual(showers.map(({ path }) => path).sort());
});

it.each(takers.map(({ path, shows_content }) => [path, shows_content]))(
  "%s repeats nothing that it was told, unless its answer is for the one who said it (%s)",
  (path, shows_content) => {
    if (!shows_content) expect(shownIn(told.get(path) ?? "")).toEqual([]);
  },
);

describe.each(showers.map(({ path }) => path))("%s", (path) => {
  it("shows no content that was not asked for", async () => {
    expect(shownIn(JSON.stringify(await answerOf(path, await inputOf(path))))).toEqual([]);
  });

  it("shows it to whoever asks for it, and hides nothing else from others", async () => {
    const { opens, by_rules } = SHOWS[path] as Surface;
    const input = await inputOf(path);
    if (!opens) return;
    const opened = await answerOf(path, { ...input, include_content: true });
    expect(shownIn(JSON.stringify(opened))).not.toEqual([]);
    if (by_rules) expect(await answerOf(path, input)).toEqual(redact(opened));
  });
});

it.each(["events", "telemetry_events", "telemetry_events_fts"])("table %s never holds any", async (table) => {
  const rows = await world.runtime.ledger.open("read").peek((tx) => tx.sql.search(`SELECT * FROM ${table}`).all());
  expect(rows.length).toBeGreaterThan(0);
  expect(shownIn(JSON.stringify(rows))).toEqual([]);
});

/** What the remaining operations that only read are asked about. */
const ABOUT: Input = { task: "auth", session: "w", name: "w", notification_id: 1, codex_home: "/nowhere" };
const others = operations.filter(({ path, kind, shows_content }) => {
  return kind === "query" && !shows_content && !(path in SHOWS) && !(path in TAKES);
});

it.each(others.map((op) => [op.path, op] as const))("%s, which has no content, shows none", async (path, op) => {
  const input = Object.fromEntries(
    Object.keys(op.input.shape).flatMap((name) => (name in ABOUT ? [[name, ABOUT[name]]] : [])),
  );
  expect(shownIn(JSON.stringify(await answerOf(path, input)))).toEqual([]);
});
