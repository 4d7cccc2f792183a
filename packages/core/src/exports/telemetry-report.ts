import { sortedKeys } from "@conveyor/contracts/json";
import { type FastTx, maskSecrets, telemetryRows } from "@conveyor/store";
import { telemetrySummary } from "../telemetry/summary.ts";
import { markdownText } from "./report/markdown-text.ts";

/** Events that are read at a time. */
const BATCH = 1000;

/** `telemetry-summary.json` and `telemetry-report.md` of a task, over exactly the events of the bundle (spec 07 §7.10.6). */
export class TelemetryReport {
  readonly summary: Record<string, unknown>;
  /** The report up to its timeline. */
  readonly head: string;
  readonly #tx: FastTx;
  readonly #task_id: string;

  constructor(tx: FastTx, task: { id: string; name: string }) {
    this.#tx = tx;
    this.#task_id = task.id;
    const counted = telemetrySummary(tx, { task_id: task.id }, null);
    this.summary = sortedKeys(counted) as Record<string, unknown>;
    const types = Object.entries(counted.by_event_type).sort(([one], [other]) => (one < other ? -1 : 1));
    this.head = [
      `# Telemetry of ${markdownText(task.name)}`,
      "",
      `- Task: ${task.id}`,
      `- Events: ${counted.total}`,
      `- First: ${counted.first_timestamp ?? "none"}`,
      `- Last: ${counted.last_timestamp ?? "none"}`,
      "",
      "## Events by type",
      "",
      ...types.map(([type, amount]) => `- ${markdownText(type)}: ${amount}`),
      "",
      "## Timeline",
      "",
      "",
    ].join("\n");
  }

  /** One bullet for each event, oldest first. */
  *lines(): Generator<string> {
    let after = 0;
    for (;;) {
      const rows = telemetryRows.telemetryAfter(this.#tx, { task_id: this.#task_id, after }, BATCH);
      for (const { timestamp, actor, event_type, severity, summary } of rows) {
        yield `- ${timestamp} ${actor} ${event_type} [${severity}] ${markdownText(maskSecrets(summary))}\n`;
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < BATCH) return;
      after = last.seq;
    }
  }
}
