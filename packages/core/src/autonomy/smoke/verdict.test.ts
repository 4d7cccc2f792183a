import { describe, expect, it } from "vitest";
import { type SmokeFacts, type SmokeMark, type SmokeParty, smokeRoleOf, smokeVerdictOf } from "./verdict.ts";

const mark = (seq: number, role: "manager" | "worker", status: string, more: Partial<SmokeMark> = {}): SmokeMark => ({
  ...{ seq, role, status, summary: null },
  thread_id: status === "sent" ? `thr-${role}` : null,
  ...more,
});
const party = (role: string, more: Partial<SmokeParty> = {}): SmokeParty => ({
  session: { id: `session-${role}`, name: role, codex_app_thread_id: `thr-${role}` },
  rotated_seq: null,
  heartbeat: { seq: 50, recorded_at: "2026-01-01T00:01:00.000Z" },
  ...more,
});
const passed: SmokeFacts = {
  run: { seq: 10, mode: "required", scope: "pair", worker_count: 1, binding_id: "b1" },
  binding_id: "b1",
  marks: [
    mark(11, "worker", "sent"),
    mark(12, "worker", "received"),
    mark(13, "worker", "accepted"),
    mark(14, "manager", "sent"),
  ],
  parties: { manager: party("manager"), worker: party("worker") },
  now: new Date("2026-01-01T00:02:00.000Z"),
  stale_after_seconds: 180,
};
const verdict = (more: Partial<SmokeFacts>, scope?: "part_of_a_set") => {
  const facts = { ...passed, ...more };
  const roles = { manager: smokeRoleOf(facts, "manager"), worker: smokeRoleOf(facts, "worker") };
  const { blocker_codes, ...rest } = smokeVerdictOf(facts, roles, scope);
  return { ...rest, codes: blocker_codes.map(({ code, role }) => (role === null ? code : `${role} ${code}`)) };
};
const without = (status: string, role: string) =>
  passed.marks.filter((one) => one.status !== status || one.role !== role);
const withMarks = (...marks: SmokeMark[]) => ({ marks: [...passed.marks, ...marks] });
const withParty = (role: "manager" | "worker", more: Partial<SmokeParty>) => ({
  parties: { ...passed.parties, [role]: party(role, more) },
});
const run = (more: Partial<SmokeFacts["run"]>) => ({ run: { ...passed.run, ...more } });

describe("a smoke run", () => {
  it.each<[string, Partial<SmokeFacts>, string[]]>([
    ["has passed", {}, []],
    ["was skipped", { ...run({ mode: "skip" }), marks: [], binding_id: "b2" }, []],
    ["is of an earlier binding", { binding_id: "b2" }, ["smoke_of_other_binding"]],
    ["is of a set", run({ scope: "worker-set", worker_count: 2 }), ["worker_set_not_provable"]],
    ["is of a set of one", run({ scope: "worker-set", worker_count: 1 }), []],
    [
      "does not know the manager's thread",
      withParty("manager", { session: { id: "s", name: "m", codex_app_thread_id: null } }),
      ["manager missing_thread", "manager not_sent"],
    ],
    ["was not sent to the manager", { marks: without("sent", "manager") }, ["manager not_sent"]],
    [
      "was sent to another thread of the worker",
      { marks: [...without("sent", "worker"), mark(20, "worker", "sent", { thread_id: "thr-x" })] },
      ["worker not_sent"],
    ],
    ["has not heard of the manager", withParty("manager", { heartbeat: null }), ["manager heartbeat_not_fresh"]],
    [
      "has heard of the worker only before it began",
      withParty("worker", { heartbeat: { seq: 9, recorded_at: "2026-01-01T00:01:59.000Z" } }),
      ["worker heartbeat_not_fresh"],
    ],
    [
      "has heard of both too long ago",
      { stale_after_seconds: 59 },
      ["manager heartbeat_not_fresh", "worker heartbeat_not_fresh"],
    ],
    [
      "has a heartbeat whose time cannot be read",
      withParty("worker", { heartbeat: { seq: 50, recorded_at: "yesterday" } }),
      ["worker heartbeat_not_fresh"],
    ],
    ["was not received", { marks: without("received", "worker") }, ["worker not_received"]],
    ["was not accepted", { marks: without("accepted", "worker") }, ["worker not_accepted"]],
    ["was blocked last", withMarks(mark(20, "worker", "blocked")), ["worker not_accepted", "worker blocked"]],
    ["was accepted after it was blocked", withMarks(mark(20, "worker", "blocked"), mark(21, "worker", "accepted")), []],
    ["was blocked by the manager", withMarks(mark(20, "manager", "blocked")), ["manager blocked"]],
    ["was skipped for a role, which changes nothing", withMarks(mark(20, "worker", "skipped")), []],
    [
      "began before the worker's thread was replaced",
      withParty("worker", { rotated_seq: 30 }),
      ["worker not_sent", "worker not_received", "worker not_accepted"],
    ],
    [
      "did nothing",
      {
        marks: [],
        ...{
          parties: { manager: party("manager", { heartbeat: null }), worker: party("worker", { heartbeat: null }) },
        },
      },
      [
        "manager not_sent",
        "manager heartbeat_not_fresh",
        "worker not_sent",
        "worker heartbeat_not_fresh",
        "worker not_received",
        "worker not_accepted",
      ],
    ],
  ])("that %s", (_that, more, codes) => {
    expect(verdict(more)).toMatchObject({ codes, ok: codes.length === 0, real_work_allowed: codes.length === 0 });
  });

  it("that only advises keeps nobody from work, and tells all the same", () => {
    expect(verdict({ ...run({ mode: "advisory" }), marks: [] })).toMatchObject({ ok: false, real_work_allowed: true });
  });

  it("of one of a set counts where the set is looked at", () => {
    expect(verdict(run({ scope: "worker-set", worker_count: 3 }), "part_of_a_set").ok).toBe(true);
  });

  it("says what blocks", () => {
    const { blockers } = verdict(withMarks(mark(20, "worker", "blocked", { summary: "no network" })));
    expect(blockers).toEqual(["worker: smoke not accepted", "worker: smoke blocked: no network"]);
  });
});
