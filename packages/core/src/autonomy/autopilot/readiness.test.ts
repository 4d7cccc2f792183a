import { describe, expect, it } from "vitest";
import { pairStatusOf } from "../pair-status.ts";
import { pairAs } from "../testing/pair-as.ts";
import { type ReadinessFacts, readinessOf } from "./readiness.ts";

const program = { program: "conveyor", ledger_path: "/repo/db" };
type States = Parameters<typeof pairAs>[0];

const facts = (states: States, more: Partial<ReadinessFacts> = {}): ReadinessFacts => ({
  desired_state: "active",
  dispatcher_id: "d1",
  status: pairStatusOf(program, pairAs(states)),
  specs: [
    { role: "manager", can_create: true, blocker: null },
    { role: "worker", can_create: true, blocker: null },
  ],
  missing_roles: [],
  ...more,
});
const noWorkerThread = [
  { role: "manager", can_create: true, blocker: null },
  { role: "worker", can_create: false, blocker: "no thread" },
] as const;

describe("whether a pair goes on by itself", () => {
  it.each<[string, States, Partial<ReadinessFacts>, string, readonly string[]]>([
    ["all is well", {}, {}, "autonomous_ready", []],
    ["nobody started it", {}, { desired_state: "unconfigured" }, "not_active", ["policy_not_active"]],
    [
      "it was stopped",
      {},
      { desired_state: "stopped", missing_roles: ["worker"] },
      "not_active",
      ["policy_not_active"],
    ],
    ["no dispatcher", { dispatch: "missing" }, {}, "setup_required", ["dispatcher_not_healthy"]],
    [
      "nobody lives",
      { dispatch: "stale", manager: "missing", worker: "stale" },
      {},
      "setup_required",
      ["dispatcher_not_healthy", "manager_lease_not_healthy", "worker_lease_not_healthy"],
    ],
    [
      "stopped and asleep",
      { worker: "stale" },
      { desired_state: "stopped", specs: noWorkerThread },
      "not_active",
      ["policy_not_active", "worker_lease_not_healthy"],
    ],
    [
      "automations are missing",
      {},
      { specs: noWorkerThread, missing_roles: ["manager", "worker"] },
      "setup_required",
      ["worker_automation_not_creatable", "manager_automation_not_recorded", "worker_automation_not_recorded"],
    ],
  ])("when %s", (_when, states, more, state, blocker_codes) => {
    const answer = readinessOf(facts(states, more));
    expect(answer).toMatchObject({ state, blocker_codes, autonomous_ready: state === "autonomous_ready" });
    expect(answer.blockers).toHaveLength(blocker_codes.length);
  });

  it("says who is not ready", () => {
    expect(readinessOf(facts({ worker: "stale" }))).toMatchObject({
      policy_started: true,
      dispatcher_ready: true,
      roles_ready: { manager: true, worker: false },
      blockers: ["worker ada: lease stale, not heard of for more than 180 s"],
    });
  });
});
