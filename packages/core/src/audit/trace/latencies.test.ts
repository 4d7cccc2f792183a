import { describe, expect, it } from "vitest";
import { type LatencySources, latenciesOf } from "./latencies.ts";

const at = (milliseconds: number) => new Date(Date.UTC(2026, 0, 2) + milliseconds).toISOString();

const command = { seq: 1, id: "command-1", type: "nudge_worker", created_at: at(0) };
const attempt = { seq: 3, id: 1, command_id: "command-1", started_at: at(40) };
const item = {
  ...{ seq: 5, id: 7, command_id: "command-1", signal_type: "nudge_worker", created_at: at(50) },
  ...{ delivered_at: at(60), consumed_at: at(1060), consumed_seq: 20 },
};
const answer = (seq: number, milliseconds: number) => ({ seq, notification_id: 7, created_at: at(milliseconds) });

const measure = (sources: Partial<LatencySources>) =>
  latenciesOf({
    commands: [],
    command_attempts: [],
    routed_notifications: [],
    notification_acknowledgements: [],
    ...sources,
  });

describe("latencies of messages", () => {
  it("are measured from step to step", () => {
    const sources = {
      commands: [command],
      command_attempts: [attempt, { ...attempt, seq: 4, id: 2, started_at: at(900) }],
      routed_notifications: [item],
      notification_acknowledgements: [answer(21, 3060), answer(22, 9060)],
    };
    expect(measure(sources)).toEqual([
      {
        ...{ command_id: "command-1", notification_id: 7, type: "nudge_worker" },
        ...{ enqueue_to_claim_ms: 40, enqueue_to_deliver_ms: 60, deliver_to_consume_ms: 1000, consume_to_ack_ms: 2000 },
      },
    ]);
  });

  it.each<[string, Partial<LatencySources>, object]>([
    [
      "of a command that nobody claimed",
      { commands: [command] },
      { notification_id: null, enqueue_to_claim_ms: null, enqueue_to_deliver_ms: null },
    ],
    [
      "of a report of a finished turn, from its own beginning",
      { routed_notifications: [{ ...item, command_id: null, signal_type: "worker_task_complete" }] },
      { command_id: null, type: "worker_task_complete", enqueue_to_claim_ms: null, enqueue_to_deliver_ms: 10 },
    ],
    [
      "of a message that waits",
      { commands: [command], routed_notifications: [{ ...item, consumed_at: null, consumed_seq: null }] },
      { enqueue_to_deliver_ms: 60, deliver_to_consume_ms: null, consume_to_ack_ms: null },
    ],
    [
      "of an answer from before the message was taken",
      { routed_notifications: [item], notification_acknowledgements: [answer(19, 500)] },
      { consume_to_ack_ms: null },
    ],
    [
      "of an answer to another message",
      { routed_notifications: [item], notification_acknowledgements: [{ ...answer(21, 3060), notification_id: 8 }] },
      { consume_to_ack_ms: null },
    ],
    [
      "with a clock that was set back, never below zero",
      { routed_notifications: [{ ...item, consumed_at: at(-5000) }] },
      { deliver_to_consume_ms: 0 },
    ],
    [
      "with times that nobody can read",
      { routed_notifications: [{ ...item, delivered_at: "yesterday" }] },
      { enqueue_to_deliver_ms: null, deliver_to_consume_ms: null },
    ],
  ])("%s", (_what, sources, expected) => {
    expect(measure(sources)).toMatchObject([expected]);
  });

  it("come in the order of the ledger, one for each message", () => {
    const later = { ...command, seq: 9, id: "command-2" };
    const measured = measure({ commands: [command, later], routed_notifications: [{ ...item, seq: 10 }] });
    expect(measured.map(({ command_id, notification_id }) => [command_id, notification_id])).toEqual([
      ["command-1", 7],
      ["command-2", null],
    ]);
  });
});
