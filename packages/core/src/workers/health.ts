import type { Output, TerminalState, WorkerState } from "@conveyor/contracts";
import type { PaneFinding, TurnReport } from "@conveyor/host";

type IdleCheck = Output<"workers.idleCheck">;
export type Health = Pick<IdleCheck, "health" | "recommended_action" | "reason">;

/** What the verdict on a worker depends on (spec 02 §8.8). Ages in seconds, null when nobody knows. */
export interface HealthFacts {
  terminal: TerminalState;
  state: WorkerState;
  blocker: string | null;
  capture_error: string | null;
  busy_wait: PaneFinding | null;
  status_age_seconds: number | null;
  status_stale_seconds: number;
  terminal_age_seconds: number | null;
  terminal_stale_seconds: number;
  /** Of a registered session, whose rollout takes the place of the report. */
  activity: TurnReport["state"] | null;
}

const STOPPED: Partial<Record<TerminalState, string>> = {
  not_running: "its tmux session is not running",
  no_terminal: "it was registered without a tmux session, so no terminal can be looked at",
  tmux_missing: "tmux is not installed here, so nobody can tell whether it runs",
  tmux_denied: "the operating system or a sandbox denies tmux, so nobody can tell whether it runs",
};

interface Rule {
  when: (facts: HealthFacts) => boolean;
  say: (facts: HealthFacts) => Health;
}

/** First match counts. */
const RULES: readonly Rule[] = [
  {
    when: ({ terminal }) => terminal in STOPPED,
    say: ({ terminal, activity }) =>
      verdict("stopped", "none", `${STOPPED[terminal]}${activity === null ? "" : `; its rollout says ${activity}`}`),
  },
  {
    when: ({ state }) => state === "blocked",
    say: ({ blocker }) =>
      verdict("blocked", "read_blocker", `it reports that it is blocked${blocker === null ? "" : `: ${blocker}`}`),
  },
  {
    when: ({ state }) => state === "done",
    say: () => verdict("done", "review_result", "it reports that it is done"),
  },
  {
    when: ({ capture_error }) => capture_error !== null,
    say: ({ capture_error }) =>
      verdict("unknown", "inspect_terminal", `its terminal could not be read: ${capture_error}`),
  },
  {
    when: ({ busy_wait }) => busy_wait !== null,
    say: ({ busy_wait }) => verdict("busy_wait", busy_wait?.recommended_action ?? "none", busy_wait?.reason ?? ""),
  },
  {
    when: (facts) => terminalIsStale(facts) && statusIsStale(facts),
    say: (facts) =>
      verdict("stale", "ask_for_status", `its terminal has not changed, and ${statusSource(facts)} is old`),
  },
  {
    when: terminalIsStale,
    say: (facts) => verdict("quiet", "wait", `its terminal has not changed, but ${statusSource(facts)} is fresh`),
  },
  {
    when: statusIsStale,
    say: (facts) => verdict("status_stale", "wait", `its terminal changes, but ${statusSource(facts)} is old`),
  },
  {
    when: () => true,
    say: (facts) => verdict("active", "none", `its terminal changes and ${statusSource(facts)} is fresh`),
  },
];

/** The verdict on a worker: the first rule that fits. Pure; spec 01 §7.3, 02 §8.8. */
export function judgeHealth(facts: HealthFacts): Health {
  const rule = RULES.find(({ when }) => when(facts));
  return rule === undefined ? verdict("unknown", "inspect_terminal", "") : rule.say(facts);
}

/** An age that is missing counts as stale, and so does one that has just reached the threshold. */
export function isStale(age_seconds: number | null, threshold_seconds: number): boolean {
  return age_seconds === null || age_seconds >= threshold_seconds;
}

/** Whole seconds since a point in time; null for none or one that cannot be read, 0 for one to come. Pure. */
export function ageSeconds(at: string | null, now: Date): number | null {
  const then = at === null ? Number.NaN : Date.parse(at);
  return Number.isNaN(then) ? null : Math.max(0, Math.floor((now.getTime() - then) / 1000));
}

/** What a registered session reported, and what its rollout tells. */
export interface SessionActivity {
  report: { state: WorkerState; created_at: string } | null;
  turns: Pick<TurnReport, "state" | "turn" | "last_state_event_at">;
}

/**
 * The state of a registered session and when it last gave a sign: its own report counts until a later turn begins; the
 * rollout counts as a sign of life in any case (spec 02 §8.8). Pure.
 */
export function sessionActivity({ report, turns }: SessionActivity): { state: WorkerState; signed_at: string | null } {
  const began = Date.parse(turns.turn?.started_at ?? "");
  const reported = Date.parse(report?.created_at ?? "");
  const outdated = !Number.isNaN(began) && began > reported;
  const signs = [report?.created_at ?? null, turns.last_state_event_at].filter((at) => at !== null);
  const signed_at = signs.sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1) ?? null;
  return { state: report === null || outdated ? "unknown" : report.state, signed_at };
}

function verdict(health: Health["health"], recommended_action: string, reason: string): Health {
  return { health, recommended_action, reason };
}

function terminalIsStale({ terminal_age_seconds, terminal_stale_seconds }: HealthFacts): boolean {
  return isStale(terminal_age_seconds, terminal_stale_seconds);
}

function statusIsStale({ status_age_seconds, status_stale_seconds }: HealthFacts): boolean {
  return isStale(status_age_seconds, status_stale_seconds);
}

function statusSource({ activity }: HealthFacts): string {
  return activity === null ? "its report" : "the last entry of its rollout";
}
