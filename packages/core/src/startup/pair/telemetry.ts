/** The phases of one `pair`, told under one correlation (spec 01 §6.3). */
export class PairTelemetry {
  readonly #task: { id: string; name: string };
  readonly #correlation: Record<string, unknown>;
  #run_id: string | undefined;

  constructor(names: { worker_name: string; manager_name: string }, task: { id: string; name: string }) {
    this.#task = task;
    const { worker_name: worker, manager_name: manager } = names;
    this.#correlation = { binding_id: null, manager, worker, task: task.name, source: "pair" };
  }

  /** What is known from now on. */
  know(ids: { worker_session_id?: string; manager_session_id?: string; binding_id?: string }): void {
    Object.assign(this.#correlation, ids);
  }

  /** The run that later events belong to; the transaction that makes it does not know it by itself. */
  inRun(run_id: string): void {
    this.#run_id = run_id;
  }

  /** What every one of its events says. */
  about(summary: string) {
    return { summary, task_id: this.#task.id, run_id: this.#run_id, correlation: { ...this.#correlation } };
  }
}
