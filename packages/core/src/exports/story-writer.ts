import type { Output, ReplayEntry } from "@conveyor/contracts";
import { canonicalJson } from "@conveyor/contracts/json";
import { bundleRows, maskJson, maskSecrets } from "@conveyor/store";
import { mutationReport } from "../audit/mutations.ts";
import { wholeTimeline } from "../audit/whole-timeline.ts";
import { redact } from "../shared/redaction.ts";
import { type BundleFolder, RowFile } from "./bundle-files.ts";
import type { BundleContent } from "./row-text.ts";

/** The task as `replay` shows it. */
export type ExportedTask = Output<"audit.mutations">["task"];

/** Entries that a report for people shows: the newest. */
const MOST_REPORTED = 2000;
/** Entries between two looks at whether the caller still wants them, and at what else this process has to do. */
const ENTRIES_AT_ONCE = 500;
const ROLES = ["worker", "manager"] as const;

interface StoryParts {
  snapshot: bundleRows.LedgerSnapshot;
  folder: BundleFolder;
  task: ExportedTask;
  signal: AbortSignal;
  content: BundleContent;
}

/** What the records of a task come to: its replay, what justifies its changes, and its transcripts (spec 07 §7.10.6). */
export class StoryWriter {
  readonly #parts: StoryParts;
  readonly #newest: ReplayEntry[] = [];
  #total = 0;

  constructor(parts: StoryParts) {
    this.#parts = parts;
  }

  /** The newest entries, and how many there are in all. */
  get newest(): { entries: readonly ReplayEntry[]; total: number } {
    return { entries: this.#newest.slice(-MOST_REPORTED), total: this.#total };
  }

  /** Throws the error of the system, and `AbortError`. */
  async write(with_transcripts: boolean): Promise<void> {
    const { snapshot, folder, task } = this.#parts;
    const mutations = mutationReport(snapshot.tx, task, Number.POSITIVE_INFINITY);
    await folder.file("mutation-audit.json", (file) => {
      const { records, ...rest } = mutations;
      file.write(`{"ok":${rest.ok},"summary":${JSON.stringify(rest.summary)},"task":${this.#masked(task)},"records":`);
      const rows = new RowFile(file);
      for (const record of records) rows.row(this.#masked(record));
      rows.end();
      file.write("}\n");
    });
    await this.#writeReplay("replay.json", "timeline", (entry) => this.#note(entry));
    if (!with_transcripts) return;
    await this.#writeReplay("replay-full-transcript.json", "full-transcript", () => {});
    for (const role of ROLES) await this.#writeTranscript(role);
  }

  #masked(value: unknown): string {
    return maskJson(canonicalJson(redact(value, this.#parts.content.profile)));
  }

  #note(entry: ReplayEntry): void {
    this.#total += 1;
    this.#newest.push(entry);
    // Cut now and then, since taking the first of a long list away moves all others.
    if (this.#newest.length > 2 * MOST_REPORTED) this.#newest.splice(0, MOST_REPORTED);
  }

  async #writeReplay(
    name: string,
    mode: "timeline" | "full-transcript",
    note: (entry: ReplayEntry) => void,
  ): Promise<void> {
    const { snapshot, folder, task } = this.#parts;
    // With messages the makers see them; the profile then decides what is left of them.
    const include_content = mode === "full-transcript" || this.#parts.content.profile === "captured";
    await folder.file(name, async (file) => {
      file.write(`{"task":${this.#masked(task)},"mode":"${mode}","role":"all","entries":`);
      const rows = new RowFile(file);
      let count = 0;
      for (const entry of wholeTimeline(snapshot.tx, task.id, { format: mode, include_content })) {
        const shown =
          entry.kind === "transcript_segment" ? entry : (redact(entry, this.#parts.content.profile) as ReplayEntry);
        rows.row(maskJson(canonicalJson(shown)));
        note(shown);
        count += 1;
        if (count % ENTRIES_AT_ONCE === 0) await this.#pause();
      }
      rows.end();
      file.write("}\n");
    });
  }

  /** Every segment of a role: a line that says which it is, then its text, or that only its facts are left. */
  async #writeTranscript(role: (typeof ROLES)[number]): Promise<void> {
    const { snapshot, folder, task } = this.#parts;
    const table = bundleRows.BUNDLE_TABLES.find((one) => one.table === "transcript_segments") as bundleRows.BundleTable;
    const columns = snapshot.columns(table);
    const at = (name: string) => columns.findIndex((column) => column.name === name);
    const [of, id, time, kind, text] = [
      at("role"),
      at("id"),
      at("captured_at"),
      at("segment_kind"),
      at("segment_text"),
    ];
    await folder.file(`transcripts/${role}.txt`, async (file) => {
      let count = 0;
      for (const values of snapshot.rows(table, task.id)) {
        if (values[of] !== role) continue;
        const own = values[text];
        file.write(`--- ${role} segment ${String(values[id])} ${String(values[time])} ${String(values[kind])}\n`);
        file.write(
          typeof own === "string" ? `${maskSecrets(own).replace(/\n?$/, "\n")}` : "(only its facts are left)\n",
        );
        count += 1;
        if (count % ENTRIES_AT_ONCE === 0) await this.#pause();
      }
    });
  }

  async #pause(): Promise<void> {
    this.#parts.signal.throwIfAborted();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
