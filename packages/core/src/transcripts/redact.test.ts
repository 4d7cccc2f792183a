import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { enqueueNudgeWorker } from "../dispatch/enqueue-message.ts";
import { createWorld, type World } from "../testing/world.ts";
import { redact as redactContent } from "./redact.ts";

// Only recognised as a secret when it stands whole, so that nobody mistakes the source of this test for one.
const TOKEN = ["ghp", "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"].join("_");

let world: World;
beforeEach(async () => {
  world = createWorld();
  const { task } = await world.pair({ task: "auth" });
  await world.pair({ task: "other" });
  await world.store.write(async (tx) => {
    const { id: other_id } = await tx.db.tasks.findFirstOrThrow({ where: { name: "other" } });
    for (const task_id of [task.id, other_id]) {
      const size = { byte_count: 9, line_count: 1, content_sha256: "00", captured_at: tx.now };
      const capture = await tx.db.terminal_captures.create({
        data: {
          ...{ ...size, seq: tx.seq(), task_id, role: "worker", tmux_session: "w", history_lines: 200 },
          ...{ content: `$ login hunter2\n${TOKEN}`, classifier_json: "{}", source: "transcript_capture" },
        },
      });
      await tx.db.transcript_segments.create({
        data: {
          ...{ ...size, seq: tx.seq(), task_id, role: "worker", source_capture_id: capture.id, created_at: tx.now },
          ...{ segment_text: "hunter2 again", retention_class: "hot", segment_kind: "segment" },
        },
      });
    }
  });
  await enqueueNudgeWorker(world.ctx, { task: "auth", message: "the word is hunter2", max_attempts: 3 });
});
afterEach(() => world.close());

const redact = (input: Record<string, unknown>) =>
  redactContent(world.ctx, operations.transcripts.redact.input.parse({ task: "auth", ...input }));
const texts = () =>
  world.store.peek((tx) =>
    tx.sql
      .search(
        `SELECT c.content || '|' || s.segment_text || '|' || s.redacted || s.retention_class AS text FROM terminal_captures c
           JOIN transcript_segments s ON s.source_capture_id = c.id ORDER BY c.id`,
      )
      .pluck()
      .all(),
  );

describe("redact", () => {
  it("takes known secrets and what a pattern finds out of one task's content, and records that", async () => {
    expect(await redact({ dry_run: true, pattern: "hunter\\d+" })).toMatchObject({ redacted_count: 3 });
    expect(String(await texts())).toContain("hunter2");
    const done = await redact({ pattern: "hunter\\d+" });
    expect(done).toMatchObject({
      redacted_count: 3,
      by_table: { terminal_captures: 1, transcript_segments: 1, commands: 1 },
      file_rewritten: true,
    });
    const [own, others] = await texts();
    expect(own).toBe("$ login [redacted]\n[masked]|[redacted] again|1redacted");
    expect(others).toContain(`hunter2\n${TOKEN}`);
    const event = await world.auditEvent("content_redacted");
    expect(event?.payload).toMatchObject({ by: "pattern", redacted_count: 3 });
    expect(JSON.stringify(event)).not.toContain("hunter");
    expect(await redact({ pattern: "hunter\\d+" })).toMatchObject({ redacted_count: 0, file_rewritten: false });
  });

  it("without a pattern masks the forms of secrets that are known", async () => {
    expect(await redact({})).toMatchObject({ redacted_count: 1, by_table: { terminal_captures: 1 } });
    expect(String(await texts())).toContain("hunter2\n[masked]");
  });

  it.each([
    ["no expression", "(", "invalid_input"],
    ["one that finds nothing everywhere", "x*", "invalid_input"],
  ])("refuses %s", async (_what, pattern, code) => {
    await expect(redact({ pattern })).rejects.toMatchObject({ code });
  });

  it("gives up on a pattern that never ends, and changes nothing", async () => {
    await world.store.write(async (tx) => {
      await tx.db.terminal_captures.updateMany({ data: { content: `${"a".repeat(60)}!` } });
    });
    await expect(redact({ pattern: "(a+)+$" })).rejects.toMatchObject({ code: "timeout" });
    expect(String(await texts())).not.toContain("[redacted]");
  });
});
