import type { Clock } from "@conveyor/host";
import { canonicalJson, type WriteTx } from "@conveyor/store";

/** The phases of a cycle, in their order (spec 02 §8.3). */
export type CyclePhase =
  | "start_cycle"
  | "ingest_rollout"
  | "infer_worker_state"
  | "capture_pane_signal"
  | "load_manager_context"
  | "persist_cycle_row";

/** One timed phase of a cycle, or the instant mark of its failure (spec 02 §8.3). */
interface CycleSpan {
  phase: CyclePhase | "cycle_failed";
  started_at: string;
  completed_at: string;
  duration_ms: number;
  state: "succeeded" | "failed" | "degraded";
  attributes_json: string;
  error_type: string | null;
}

/** Times the phases of one cycle and keeps them until they are stored together. */
export class CycleSpans {
  readonly #closed: CycleSpan[] = [];
  readonly #clock: Clock;
  #open: { phase: CyclePhase; started_at: string; started_ms: number } | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The phase that runs now, which is the one that failed when something throws. */
  get phase(): CyclePhase | null {
    return this.#open?.phase ?? null;
  }

  begin(phase: CyclePhase): void {
    this.#open = { phase, started_at: this.#clock.iso(), started_ms: this.#clock.monotonic_ms() };
  }

  end(attributes: Record<string, unknown>, state: "succeeded" | "degraded" = "succeeded"): void {
    this.#close(state, attributes, null);
  }

  /** Close the open phase as failed and add the instant mark of the failure. */
  fail(error_type: string, error: string): void {
    const failure_phase = this.#open?.phase ?? "start_cycle";
    this.#close("failed", {}, error_type);
    const now = this.#clock.iso();
    this.#closed.push({
      phase: "cycle_failed",
      started_at: now,
      completed_at: now,
      duration_ms: 0,
      state: "failed",
      attributes_json: canonicalJson({ error, failure_phase }),
      error_type,
    });
  }

  /** Store the phases that have ended. */
  async store(tx: WriteTx, of: { manager_cycle_id: number; task_id: string; run_id: string | null }): Promise<void> {
    await tx.db.manager_cycle_spans.createMany({
      data: this.#closed.map((span) => ({ ...of, ...span, seq: tx.seq() })),
    });
  }

  #close(state: CycleSpan["state"], attributes: Record<string, unknown>, error_type: string | null): void {
    if (this.#open === null) return;
    const { phase, started_at, started_ms } = this.#open;
    this.#open = null;
    this.#closed.push({
      phase,
      started_at,
      completed_at: this.#clock.iso(),
      duration_ms: Math.max(0, Math.round((this.#clock.monotonic_ms() - started_ms) * 1000) / 1000),
      state,
      attributes_json: canonicalJson(attributes),
      error_type,
    });
  }
}
