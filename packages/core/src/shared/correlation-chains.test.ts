import { describe, expect, it } from "vitest";
import { correlationChains } from "./correlation-chains.ts";

const none = { commands: [], command_attempts: [], routed_notifications: [], manager_decisions: [] };
const command = (seq: number, more: Record<string, unknown> = {}) => ({
  seq,
  id: `command-${seq}`,
  state: "succeeded",
  type: "nudge_worker",
  correlation_id: `c${seq}`,
  created_at: "2026-01-01T00:00:00.000Z",
  payload: { message: "m" },
  result: null,
  ...more,
});
const item = (seq: number, more: Record<string, unknown> = {}) => ({
  seq,
  id: seq,
  command_id: null,
  state: "delivered",
  signal_type: "worker_task_complete",
  source_event_id: 7,
  correlation_id: `c${seq}`,
  created_at: "2026-01-01T00:00:00.000Z",
  consumed_manager_cycle_id: null,
  ...more,
});
const decision = { seq: 1, id: 42, manager_cycle_id: 5 };

describe("correlationChains", () => {
  it("joins a command with its attempts and items", () => {
    const chains = correlationChains({
      ...none,
      commands: [command(3)],
      command_attempts: [
        { seq: 4, id: 1, command_id: "command-3" },
        { seq: 6, id: 2, command_id: "command-3" },
        { seq: 5, id: 9, command_id: "command-other" },
      ],
      routed_notifications: [
        item(7, { command_id: "command-3", signal_type: "nudge_worker", consumed_manager_cycle_id: 8 }),
      ],
    });
    expect(chains).toEqual([
      {
        attempt_ids: [1, 2],
        command_id: "command-3",
        command_state: "succeeded",
        command_type: "nudge_worker",
        correlation_id: "c3",
        created_at: "2026-01-01T00:00:00.000Z",
        manager_cycle_id: 8,
        manager_decision_cycle_id: null,
        manager_decision_id: null,
        routed_notification_ids: [7],
      },
    ]);
  });

  it("makes a chain of its own for an item without command, with the decision of the cycle that consumed it", () => {
    const routed_notifications = [item(2, { consumed_manager_cycle_id: 5 })];
    expect(correlationChains({ ...none, routed_notifications, manager_decisions: [decision] })).toMatchObject([
      {
        command_id: null,
        command_state: "delivered",
        command_type: "worker_task_complete",
        signal_type: "worker_task_complete",
        source_event_id: 7,
        manager_cycle_id: 5,
        manager_decision_id: 42,
      },
    ]);
  });

  it("keeps the order of the ledger, whatever the timestamps say", () => {
    const chains = correlationChains({
      ...none,
      commands: [command(2, { created_at: "2030-01-01T00:00:00.000Z" }), command(9)],
      routed_notifications: [item(5)],
    });
    expect(chains.map(({ correlation_id }) => correlation_id)).toEqual(["c2", "c5", "c9"]);
  });

  it.each([
    [{ manager_decision: { decision_id: 42 } }, 42],
    [{ manager_decision: { decision: { id: "42" } } }, 42],
    [{ manager_decision: { id: 42 } }, 42],
    [{ manager_decision: { decision_id: 43 } }, null],
    [{ manager_decision: { decision_id: "x42" } }, null],
    [{}, null],
  ])("finds the decision of %j only when the task has it", (payload, id) => {
    const [chain] = correlationChains({ ...none, commands: [command(3, { payload })], manager_decisions: [decision] });
    expect(chain).toMatchObject({
      manager_decision_id: id,
      manager_decision_cycle_id: id === null ? null : 5,
      manager_cycle_id: id === null ? null : 5,
    });
  });

  it("falls back to the decision in the result", () => {
    const result = { manager_decision: { id: 42 } };
    const [chain] = correlationChains({ ...none, commands: [command(3, { result })], manager_decisions: [decision] });
    expect(chain?.manager_decision_id).toBe(42);
  });
});
