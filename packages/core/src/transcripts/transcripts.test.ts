import { type CallOf, operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { finish as finishTask } from "../tasks/finish.ts";
import { asShown } from "../testing/as-shown.ts";
import { createWorld, type World } from "../testing/world.ts";
import { capture as captureTranscripts } from "./capture.ts";
import { pruneSegments } from "./prune.ts";
import { show as showTranscripts } from "./show.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

type CaptureFlags = Partial<CallOf<typeof operations.transcripts.capture>>;

/** What core hides, because a capture is recorded as well, is all that the marks of the contract would hide. */
async function capture(task: string, more: CaptureFlags = {}) {
  const input = operations.transcripts.capture.input.parse({ task, role: "worker", ...more });
  const answer = await captureTranscripts(world.ctx, input);
  expect(await asShown("transcripts.capture", async () => answer, world.ctx, input)).toEqual(answer);
  return answer;
}

function show(task: string, more: Partial<CallOf<typeof operations.transcripts.show>> = {}) {
  return asShown(
    "transcripts.show",
    showTranscripts,
    world.ctx,
    operations.transcripts.show.input.parse({ task, ...more }),
  );
}

/** A pane that repeats every line typed into it, so that a test decides what it shows. */
async function board(session: string) {
  await world.tmux(session, ["sh", "-c", "stty -echo; cat"]);
  const target = { session };
  return async (line: string) => {
    await world.host.tmux.pasteText(world.typing(session), line);
    await expect.poll(() => world.host.tmux.capture(target, 200)).toContain(line);
  };
}

async function pairWithBoard(session = "w-board") {
  const write = await board(session);
  return { write, ...(await world.pair({ worker: { tmux_session: session } })) };
}

describe("transcript-capture", () => {
  it("stores the whole screen first and then only what is new", async () => {
    const { task, write } = await pairWithBoard();
    await write("first line");
    const first = await capture(task.name);
    expect(first.captures).toMatchObject([
      { role: "worker", transcript_segment: { segment_kind: "reset", line_count: 1, previous_capture_id: null } },
    ]);
    await write("second line");
    const second = await capture(task.name);
    expect(second.captures).toMatchObject([{ transcript_segment: { segment_kind: "segment", line_count: 1 } }]);
    const third = await capture(task.name);
    expect(third.captures).toMatchObject([{ transcript_segment: null }]);
    const { segments } = await show(task.name, { include_content: true });
    expect(segments).toMatchObject([
      { segment_text: "first line", segment_start_line: 1, segment_end_line: 1 },
      { segment_text: "second line", segment_start_line: 2, segment_end_line: 2 },
    ]);
  });

  it("stores equal screens once, and still finds what is new after them", async () => {
    const { task, write } = await pairWithBoard();
    await write("one");
    for (let i = 0; i < 3; i++) await capture(task.name);
    await write("two");
    expect((await capture(task.name)).captures).toMatchObject([{ transcript_segment: { segment_kind: "segment" } }]);
    const rows = await world.store.read((tx) => tx.db.terminal_captures.findMany({ orderBy: { seq: "asc" } }));
    expect(rows.map(({ content }) => content !== null)).toEqual([true, false, false, true]);
    expect(new Set(rows.slice(0, 3).map(({ content_sha256 }) => content_sha256)).size).toBe(1);
  });

  it("keeps the text out of events, telemetry, observations and its answer, unless the answer is asked for it", async () => {
    const { task, write } = await pairWithBoard();
    await write("top secret words");
    const answer = await capture(task.name);
    const shown = await show(task.name);
    expect(shown.segments).toMatchObject([{ segment_text_redacted: true, segment_text_line_count: 1 }]);
    const records = await world.store.read(async (tx) => [
      await tx.db.events.findMany(),
      await tx.db.telemetry_events.findMany(),
      await tx.db.agent_observations.findMany(),
    ]);
    expect(JSON.stringify([answer, shown, records])).not.toContain("top secret");
    const asked = await capture(task.name, { include_content: true });
    expect(asked.captures).toMatchObject([{ capture: { output: expect.stringContaining("top secret words") } }]);
    expect(await world.auditEvent("worker_terminal_captured")).toMatchObject({
      payload: { source: "transcript_capture", history_lines: 200 },
    });
    expect(await world.telemetryTypes()).toEqual(
      expect.arrayContaining(["terminal_capture_recorded", "transcript_segment_recorded"]),
    );
  });

  it("reports a side that fails beside the one that worked, and fails hard for a single role", async () => {
    const { task, write } = await pairWithBoard();
    await write("here");
    const { captures } = await capture(task.name, { role: "all" });
    expect(captures).toMatchObject([{ role: "worker" }, { role: "manager", error_code: "precondition_failed" }]);
    await expect(capture(task.name, { role: "manager" })).rejects.toMatchObject({ code: "precondition_failed" });
  });

  it("refuses a terminal that is gone and one that is another", async () => {
    const { task } = await pairWithBoard("w-other");
    await world.host.tmux.kill("w-other");
    await expect(capture(task.name)).rejects.toMatchObject({ code: "tmux_session_missing" });
    await board("w-new");
    await board("w-other");
    await expect(capture(task.name)).rejects.toMatchObject({ code: "tmux_pane_mismatch" });
    const unbound = await world.task();
    await expect(capture(unbound.name)).rejects.toMatchObject({ code: "not_found", details: { kind: "binding" } });
  });

  it("wants new text when a segment is required, and keeps the capture all the same", async () => {
    const { task, write } = await pairWithBoard();
    await expect(capture(task.name, { require_segment: true })).rejects.toMatchObject({
      code: "gate_failed",
      details: { roles: ["worker"] },
    });
    await write("text");
    await expect(capture(task.name, { require_segment: true })).resolves.toMatchObject({ task: task.name });
    const count = await world.store.read((tx) => tx.db.terminal_captures.count());
    expect(count).toBe(2);
  });

  it("still reaches the terminals of a finished task", async () => {
    const { task, write } = await pairWithBoard();
    await write("after the end");
    await finishTask(world.ctx, operations.tasks.finish.input.parse({ task: task.name }));
    expect((await capture(task.id)).captures).toMatchObject([{ task: { state: "done" } }]);
  });

  it("by two at once stores two captures and every line once", async () => {
    const { task, write } = await pairWithBoard();
    await write("only once");
    await Promise.all([capture(task.name), capture(task.name)]);
    const { segments } = await show(task.name, { include_content: true });
    expect(segments.map(({ segment_text }) => segment_text)).toEqual(["only once"]);
  });

  it("gives metadata a row without text", async () => {
    const { task, write } = await pairWithBoard();
    await write("text");
    await capture(task.name, { mode: "metadata" });
    const { segments } = await show(task.name, { include_content: true });
    expect(segments).toMatchObject([{ segment_kind: "metadata", line_count: 0 }]);
    expect(segments[0]).not.toHaveProperty("segment_text");
  });
});

describe("transcript-show", () => {
  it("keeps the newest segments of a role in the order in which they were made", async () => {
    const { task, write } = await pairWithBoard();
    for (const line of ["a", "bb", "ccc"]) {
      await write(line);
      await capture(task.name);
    }
    const { segments } = await show(task.name, { role: "worker", limit: 2, include_content: true });
    expect(segments.map(({ segment_text }) => segment_text)).toEqual(["bb", "ccc"]);
    expect((await show(task.name, { role: "manager" })).segments).toEqual([]);
  });
});

describe("transcript-prune", () => {
  const prune = (task: string, keep_latest: number, dry_run = false) =>
    pruneSegments(world.ctx, { task, keep_latest, dry_run });

  it("drops the text of older segments and of the captures behind them, and says so once", async () => {
    const { task, write } = await pairWithBoard();
    for (const line of ["a", "bb", "ccc"]) {
      await write(line);
      await capture(task.name);
    }
    expect(await prune(task.name, 1, true)).toEqual({
      dry_run: true,
      keep_latest: 1,
      pruned_count: 0,
      would_prune_count: 2,
    });
    expect(await prune(task.name, 1)).toMatchObject({ pruned_count: 2 });
    expect(await prune(task.name, 1)).toMatchObject({ pruned_count: 0, would_prune_count: 0 });
    const { segments } = await show(task.name, { include_content: true });
    expect(
      segments.map(({ segment_text, segment_kind, line_count }) => [segment_text, segment_kind, line_count]),
    ).toEqual([
      [undefined, "reset", 1],
      [undefined, "segment", 1],
      ["ccc", "segment", 1],
    ]);
    const contents = await world.store.read((tx) => tx.db.terminal_captures.findMany({ orderBy: { seq: "asc" } }));
    expect(contents.map(({ content }) => content !== null)).toEqual([false, false, true]);
    expect((await world.auditTypes()).filter((type) => type === "transcript_segments_pruned")).toHaveLength(1);
  });

  it("keeps what the next capture of an open task is compared with, even when nothing is to stay", async () => {
    const { task, write } = await pairWithBoard();
    await write("a");
    await capture(task.name);
    await prune(task.name, 0);
    await write("bb");
    expect((await capture(task.name)).captures).toMatchObject([{ transcript_segment: { segment_kind: "segment" } }]);
    await finishTask(world.ctx, operations.tasks.finish.input.parse({ task: task.name }));
    await prune(task.id, 0);
    const left = await world.store.read((tx) => tx.db.terminal_captures.count({ where: { content: { not: null } } }));
    expect(left).toBe(0);
  });
});
