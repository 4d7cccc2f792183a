import type { AuditSection, Input, Output, ReplayEntry } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { Ctx } from "../ctx.ts";
import { redact } from "../shared/redaction.ts";
import { resolveTask } from "../shared/references.ts";
import { type Candidate, ENTRY_MAKERS, type EntryMaker } from "./replay/entries.ts";
import { type AuditDocument, loadAudit } from "./show.ts";

/** Which levels of detail a format includes; the excerpts of `transcript` would only repeat what the full one prints. */
const FORMAT_LEVELS: Record<Input<"audit.replay">["format"], readonly EntryMaker["from"][]> = {
  compact: ["compact"],
  timeline: ["compact", "timeline"],
  transcript: ["compact", "timeline", "transcript"],
  "full-transcript": ["compact", "timeline", "full-transcript"],
};

/**
 * What happened to a task, in the order of the ledger's sequence (spec 07 §7.10.2). Throws `not_found`, and `usage`
 * when full text is asked for without saying so.
 */
export async function replay(ctx: Ctx, input: Input<"audit.replay">): Promise<Output<"audit.replay">> {
  if (input.format === "full-transcript" && !input.include_content) {
    throw new ConveyorError("usage", "the full transcript prints stored terminal text, which is private", {
      hint: "add --include-content, and redirect the output to a file",
    });
  }
  const levels = FORMAT_LEVELS[input.format];
  const makers = ENTRY_MAKERS.filter(({ from }) => levels.includes(from) || (from === "spans" && input.spans));
  const sections = makers.map(({ section }) => section);
  return ctx.store.read(async (tx) => {
    const { seq: _seq, updated_seq: _updatedSeq, ...task } = resolveTask(tx, input.task);
    const document = await loadAudit(tx, sections, {
      task_id: task.id,
      since: undefined,
      newest: undefined,
      event_types: [],
    });
    const all = orderEntries(collectEntries(document, makers, input));
    const entries = input.limit === undefined ? all : input.limit === 0 ? [] : all.slice(-input.limit);
    const finish = all.findLast((entry) => entry.kind === "finish" && entry.details["state"] === "succeeded");
    return {
      task: task as Output<"audit.replay">["task"],
      mode: input.format,
      role: input.role,
      entry_count: entries.length,
      total_entry_count: all.length,
      finish: finish === undefined ? null : { timestamp: finish.timestamp, summary: finish.summary },
      entries: entries.map(({ seq: _order, seen_by: _roles, ...entry }): ReplayEntry => entry),
    };
  });
}

/** Make the entries that the role may see; captures of the same screen by the same role stand once. */
function collectEntries(
  document: Partial<AuditDocument>,
  makers: readonly EntryMaker[],
  input: Input<"audit.replay">,
): Candidate[] {
  const seenScreens = new Set<string>();
  const entries: Candidate[] = [];
  for (const { section, from, make } of makers) {
    // Excerpts are what the transcript formats are asked for; everything else shows content only on demand.
    const keepsContent = input.include_content || from === "transcript";
    const rows = document[section as AuditSection] ?? [];
    for (const row of keepsContent ? rows : (redact(rows) as typeof rows)) {
      const entry = make(row);
      if (entry === undefined || (input.role !== "all" && !entry.seen_by.includes(input.role))) continue;
      if (entry.kind === "capture") {
        const screen = `${entry.actor} ${entry.details["content_sha256"]}`;
        if (seenScreens.has(screen)) continue;
        seenScreens.add(screen);
      }
      entries.push(entry);
    }
  }
  return entries;
}

/** By sequence, then source by code point, then id, so that the output is always the same. */
function orderEntries(entries: Candidate[]): Candidate[] {
  return entries.sort((a, b) => a.seq - b.seq || compare(a.source, b.source) || compare(a.source_id, b.source_id));
}

function compare(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0;
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a) < String(b) ? -1 : 1;
}
