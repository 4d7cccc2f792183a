import type { Role, SmokeBlocker, SmokeRole } from "@conveyor/contracts";

/** Something that was recorded of a role. */
export interface SmokeMark {
  seq: number;
  role: Role;
  status: string;
  thread_id: string | null;
  /** What the role said of it; null: nothing. */
  summary: string | null;
}

/** A role of the pair as it is now. */
export interface SmokeParty {
  session: { id: string; name: string; codex_app_thread_id: string | null };
  /** When its thread was replaced last; what was recorded before is about another thread. */
  rotated_seq: number | null;
  heartbeat: { seq: number; recorded_at: string } | null;
}

/** Everything that says whether a smoke run has passed, at one instant. */
export interface SmokeFacts {
  run: { seq: number; mode: string; scope: string; worker_count: number; binding_id: string };
  /** The pair's binding now. */
  binding_id: string;
  marks: readonly SmokeMark[];
  parties: Record<Role, SmokeParty>;
  now: Date;
  stale_after_seconds: number;
}

export interface SmokeVerdict {
  ok: boolean;
  real_work_allowed: boolean;
  blockers: string[];
  blocker_codes: SmokeBlocker[];
}

/** How far a smoke run has come with a role (spec 06 §6.1, "Smoke per role"). Pure. */
export function smokeRoleOf(facts: SmokeFacts, role: Role): SmokeRole {
  const { session, rotated_seq, heartbeat } = facts.parties[role];
  const { codex_app_thread_id: thread_id } = session;
  const marks = facts.marks.filter((mark) => mark.role === role && mark.seq > (rotated_seq ?? 0));
  const last = marks.findLast(({ status }) => status === "accepted" || status === "blocked");
  return {
    session_id: session.id,
    session_name: session.name,
    thread_id,
    sent: thread_id !== null && marks.some((mark) => mark.status === "sent" && mark.thread_id === thread_id),
    received: marks.some(({ status }) => status === "received"),
    accepted: last?.status === "accepted",
    blocked: last?.status === "blocked",
    blocker: last?.status === "blocked" ? last.summary : null,
    heartbeat_fresh: heartbeat !== null && heartbeat.seq > facts.run.seq && isFresh(facts, heartbeat.recorded_at),
    last_heartbeat_at: heartbeat?.recorded_at ?? null,
  };
}

function isFresh({ now, stale_after_seconds }: SmokeFacts, recorded_at: string): boolean {
  // A time that cannot be read is not fresh.
  return (now.getTime() - Date.parse(recorded_at)) / 1000 <= stale_after_seconds;
}

type Condition = (role: SmokeRole) => string | null;

/** What each role has to show, with the code of what is missing, in the order in which it is said. */
const OF_BOTH: readonly [code: SmokeBlocker["code"], misses: Condition][] = [
  ["missing_thread", ({ thread_id }) => (thread_id === null ? "no app thread is registered" : null)],
  ["not_sent", ({ sent }) => (sent ? null : "smoke prompt not sent to its thread")],
  ["heartbeat_not_fresh", (role) => (role.heartbeat_fresh ? null : "no fresh heartbeat since the smoke began")],
];
const OF_WORKER: typeof OF_BOTH = [
  ["not_received", ({ received }) => (received ? null : "smoke not received")],
  ["not_accepted", ({ accepted }) => (accepted ? null : "smoke not accepted")],
];
const WHO_BLOCKS: (typeof OF_BOTH)[number] = [
  "blocked",
  ({ blocked, blocker }) => (blocked ? `smoke blocked: ${blocker ?? "no summary was given"}` : null),
];
const CONDITIONS: Record<Role, typeof OF_BOTH> = {
  manager: [...OF_BOTH, WHO_BLOCKS],
  worker: [...OF_BOTH, ...OF_WORKER, WHO_BLOCKS],
};

/** Whose run it is: one of several workers of a set is proven on its own only in the view over the set. */
type ScopeIs = "one_task" | "part_of_a_set";

/** Whether real work may begin (spec 06 §6.2, `app-smoke`). Pure. */
export function smokeVerdictOf(
  facts: SmokeFacts,
  roles: Record<Role, SmokeRole>,
  scope: ScopeIs = "one_task",
): SmokeVerdict {
  const { mode } = facts.run;
  const found =
    mode === "skip"
      ? []
      : [
          ...missingOfRun(facts, scope),
          ...(["manager", "worker"] as const).flatMap((role) =>
            CONDITIONS[role].flatMap(([code, misses]) => {
              const text = misses(roles[role]);
              return text === null ? [] : [{ code, role, text: `${role}: ${text}` }];
            }),
          ),
        ];
  const ok = found.length === 0;
  return {
    ok,
    real_work_allowed: mode === "skip" || mode === "advisory" || ok,
    blockers: found.map(({ text }) => text),
    blocker_codes: found.map(({ code, role }) => ({ code, role })),
  };
}

interface Missing extends SmokeBlocker {
  text: string;
}

function missingOfRun({ run, binding_id }: SmokeFacts, scope: ScopeIs): Missing[] {
  const found: Missing[] = [];
  if (run.binding_id !== binding_id) {
    found.push({
      code: "smoke_of_other_binding",
      role: null,
      text: "the smoke was of an earlier binding: start a new one",
    });
  }
  if (scope === "one_task" && run.scope === "worker-set" && run.worker_count > 1) {
    const text = `scope: one task proves one worker, not ${run.worker_count}; see app-smoke aggregate`;
    found.push({ code: "worker_set_not_provable", role: null, text });
  }
  return found;
}
