import { operations } from "@conveyor/contracts";
import { type FixedClock, fixedClock } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { takeWorker } from "../../inbox/take.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { enqueueNotifyManager, enqueueNudgeWorker } from "../enqueue-message.ts";
import { pass, rowsOf } from "../testing/scenes.ts";
import { messageTerms } from "./message-terms.ts";

const NOW = "2026-03-01T10:00:00.000Z";

describe("messageTerms", () => {
  it.each([
    [{}, null, null],
    [{ delay: 30 }, "2026-03-01T10:00:30.000Z", null],
    [{ available_at: "2026-03-01T12:00:00+01:00" }, "2026-03-01T11:00:00.000Z", null],
    [{ expires_in: 0.5 }, null, "2026-03-01T10:00:00.500Z"],
    [{ delay: 5, expires_in: 6 }, "2026-03-01T10:00:05.000Z", "2026-03-01T10:00:06.000Z"],
  ])("reads %j", (asked, available_at, expires_at) => {
    expect(messageTerms(asked, NOW)).toEqual({ available_at, expires_at });
  });

  it.each([
    [{ delay: 1, available_at: NOW }, "conflicting_flags"],
    [{ delay: 6, expires_in: 6 }, "invalid_input"],
  ])("refuses %j", (asked, code) => {
    expect(() => messageTerms(asked, NOW)).toThrow(expect.objectContaining({ code }));
  });
});

describe("a message with terms", () => {
  let clock: FixedClock;
  let world: World;
  let task: string;
  beforeEach(async () => {
    clock = fixedClock(NOW);
    world = createWorld({ clock });
    ({
      task: { name: task },
    } = await world.pair());
  });
  afterEach(() => world.close());

  const nudge = (more: object) =>
    enqueueNudgeWorker(
      world.ctx,
      operations.dispatch.enqueueNudgeWorker.input.parse({ task, message: "private words", ...more }),
    );

  it("is delivered after its delay and not before", async () => {
    await nudge({ delay: 30 });
    expect((await pass(world.ctx)).processed).toEqual([]);
    await clock.advance(30_000);
    expect((await pass(world.ctx)).processed).toMatchObject([{ state: "pull_required" }]);
  });

  it("is delivered within its term, and afterwards fails once and for all", async () => {
    await nudge({ expires_in: 10 });
    const { command_id } = await nudge({ expires_in: 5 });
    await clock.advance(5_000);
    expect((await pass(world.ctx, { dry_run: true })).processed).toHaveLength(1);
    expect((await pass(world.ctx)).processed).toMatchObject([
      { command_id, state: "failed", error_code: "expired", attempt_id: null },
      { state: "pull_required" },
    ]);
    expect((await pass(world.ctx)).processed).toEqual([]);
    const told = await rowsOf(world, "SELECT * FROM telemetry_events WHERE event_type = 'command_expired'");
    expect(told).toHaveLength(1);
    expect(JSON.stringify(told)).not.toContain("private words");
  });

  it("that answers another one belongs to its correlation and says which it answers", async () => {
    await nudge({ correlation_id: "slice-1" });
    await pass(world.ctx);
    const reply = (reply_to: number) =>
      enqueueNotifyManager(
        world.ctx,
        operations.dispatch.enqueueNotifyManager.input.parse({ task, message: "done", reply_to }),
      );
    const { consumed } = await takeWorker(world.ctx, operations.inbox.takeWorker.input.parse({ task }));
    expect(await reply(consumed?.id ?? 0)).toMatchObject({ correlation_id: "slice-1" });
    await pass(world.ctx);
    const items = await rowsOf<{ payload_json: string }>(
      world,
      "SELECT payload_json FROM routed_notifications WHERE signal_type = 'notify_manager'",
    );
    expect(items.map(({ payload_json }) => JSON.parse(payload_json).reply_to)).toEqual([1]);
    await expect(reply(99)).rejects.toMatchObject({ code: "not_found" });
  });
});
