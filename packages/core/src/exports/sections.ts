import type { AuditSection } from "@conveyor/contracts";
import { AUDIT_SECTIONS } from "@conveyor/contracts/audit/words";
import { canonicalJson } from "@conveyor/contracts/json";
import { bundleRows, maskJson } from "@conveyor/store";
import { type ChainSources, correlationChains } from "../shared/correlation-chains.ts";
import type { BundleFile, BundleFolder } from "./bundle-files.ts";
import { RowFile } from "./bundle-files.ts";
import { type BundleContent, type BundleRow, rowWriter } from "./row-text.ts";
import { TelemetryReport } from "./telemetry-report.ts";

/** Rows between two looks at whether the caller still wants them, and at what else this process has to do. */
const ROWS_AT_ONCE = 500;

/** Sections that are tables under another name, or rows of one. */
const SECTION_TABLES: Partial<Record<AuditSection, bundleRows.BundleTable>> = { session_nudges: bundleRows.NUDGE_ROWS };

/** What is kept of rows while they pass, for what is derived from several of them. */
type ChainRows = { [Source in keyof ChainSources]: (Record<string, unknown> & { seq: number })[] };

/** What a chain needs of each of its sources. */
const CHAIN_FIELDS: Readonly<Record<keyof ChainSources, readonly string[]>> = {
  commands: ["seq", "id", "type", "state", "correlation_id", "created_at"],
  command_attempts: ["seq", "id", "command_id"],
  routed_notifications: [
    ...["seq", "id", "command_id", "state", "signal_type", "correlation_id", "created_at"],
    ...["consumed_manager_cycle_id", "source_event_id"],
  ],
  manager_decisions: ["seq", "id", "manager_cycle_id"],
};

/** Where the rows of a task go: each into the file of its table, and those of the audit into `audit.json` as well. */
export class SectionWriter {
  /** Rows so far, by table. */
  readonly counts = new Map<string, number>();
  readonly #snapshot: bundleRows.LedgerSnapshot;
  readonly #folder: BundleFolder;
  readonly #task: { id: string; name: string };
  readonly #content: BundleContent;
  readonly #signal: AbortSignal;
  readonly #chainRows: ChainRows = {
    commands: [],
    command_attempts: [],
    routed_notifications: [],
    manager_decisions: [],
  };
  #passed = 0;

  constructor(parts: {
    snapshot: bundleRows.LedgerSnapshot;
    folder: BundleFolder;
    task: { id: string; name: string };
    content: BundleContent;
    signal: AbortSignal;
  }) {
    this.#snapshot = parts.snapshot;
    this.#folder = parts.folder;
    this.#task = parts.task;
    this.#content = parts.content;
    this.#signal = parts.signal;
  }

  /** Write `audit.json` and a file for every table. Throws the error of the system, and `AbortError`. */
  async write(task_json: string): Promise<void> {
    const tables = new Map(bundleRows.BUNDLE_TABLES.map((table) => [table.table, table]));
    const written = new Set<string>();
    await this.#folder.file("audit.json", async (audit) => {
      audit.write(`{"task":${task_json}`);
      for (const section of AUDIT_SECTIONS) {
        audit.write(`,\n"${section}":`);
        const rows = new RowFile(audit);
        if (section === "correlation_chains") await this.#writeChains(rows);
        else {
          const table = SECTION_TABLES[section] ?? (tables.get(section) as bundleRows.BundleTable);
          await this.#writeTable(table, rows);
          written.add(table.file);
        }
        rows.end();
      }
      audit.write("}\n");
    });
    for (const table of bundleRows.BUNDLE_TABLES) {
      if (!written.has(table.file)) await this.#writeTable(table, undefined);
    }
    await this.#writeTelemetrySummary();
  }

  async #writeTable(table: bundleRows.BundleTable, audit: RowFile | undefined): Promise<void> {
    const own = this.#rowFile(table);
    const columns = this.#snapshot.columns(table);
    const asRow = rowWriter(table, columns, this.#content);
    const visit = this.#visitor(table, columns);
    let count = 0;
    for (const values of this.#snapshot.rows(table, this.#task.id)) {
      count += 1;
      const row = asRow(values);
      own?.rows.row(row.text);
      audit?.row(row.text);
      visit(values, row);
      this.#passed += 1;
      if (this.#passed % ROWS_AT_ONCE === 0) await this.#pause();
    }
    if (own !== undefined) {
      this.counts.set(table.table, count);
      own.rows.end();
      this.#folder.note(table.file, own.file.close());
    }
  }

  /** A section that repeats rows of another table has no file of its own; texts of transcripts only where they are asked for. */
  #rowFile(table: bundleRows.BundleTable): { file: BundleFile; rows: RowFile } | undefined {
    if (table.file === "") return undefined;
    const file = this.#folder.open(table.file);
    return { file, rows: new RowFile(file) };
  }

  /** What else happens with the rows of a table as they pass. */
  #visitor(
    table: bundleRows.BundleTable,
    columns: readonly bundleRows.BundleColumn[],
  ): (values: readonly unknown[], row: BundleRow) => void {
    const place = (name: string) => columns.findIndex((column) => column.name === name);
    if (Object.hasOwn(CHAIN_FIELDS, table.table)) {
      const source = table.table as keyof ChainSources;
      const kept = CHAIN_FIELDS[source].map((name) => [name, place(name)] as const);
      const payload = place("payload_json");
      const result = place("result_json");
      return (values) => {
        const row = Object.fromEntries(
          kept.map(([name, at]) => [name, values[at]]),
        ) as ChainRows[typeof source][number];
        if (source === "commands") {
          row["payload"] = namedDecision(values[payload]);
          row["result"] = namedDecision(values[result]);
        }
        this.#chainRows[source].push(row);
      };
    }
    return () => {};
  }

  async #writeChains(rows: RowFile): Promise<void> {
    const file = this.#folder.open("correlation-chains.json");
    const own = new RowFile(file);
    const { commands, routed_notifications } = this.#chainRows;
    const places = new Map([...commands, ...routed_notifications].map((row) => [row["id"], row.seq]));
    for (const chain of correlationChains(this.#chainRows)) {
      const seq = places.get(chain.command_id ?? chain.routed_notification_ids[0]);
      const text = maskJson(canonicalJson({ ...chain, seq }));
      rows.row(text);
      own.row(text);
      this.#passed += 1;
      if (this.#passed % ROWS_AT_ONCE === 0) await this.#pause();
    }
    own.end();
    this.#folder.note("correlation-chains.json", file.close());
  }

  async #writeTelemetrySummary(): Promise<void> {
    const report = new TelemetryReport(this.#snapshot.tx, this.#task);
    await this.#folder.file("telemetry-summary.json", (file) =>
      file.write(`${JSON.stringify(report.summary, null, 2)}\n`),
    );
    await this.#folder.file("telemetry-report.md", async (file) => {
      file.write(report.head);
      for (const line of report.lines()) {
        file.write(line);
        this.#passed += 1;
        if (this.#passed % ROWS_AT_ONCE === 0) await this.#pause();
      }
    });
  }

  async #pause(): Promise<void> {
    this.#signal.throwIfAborted();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Only the part of a command that names the decision behind it. */
function namedDecision(json: unknown): unknown {
  if (typeof json !== "string" || !json.includes('"manager_decision"')) return null;
  const { manager_decision } = JSON.parse(json) as { manager_decision?: unknown };
  return { manager_decision };
}
