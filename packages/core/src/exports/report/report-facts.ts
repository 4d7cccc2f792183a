import type { ReplayEntry } from "@conveyor/contracts";
import type { bundleRows } from "@conveyor/store";

/** What a report for people is made of; no content is in it. */
export interface ReportFacts {
  facts: bundleRows.ExportedFacts;
  made_at: string;
  /** The newest entries of the timeline, oldest first. */
  entries: readonly ReplayEntry[];
  /** How many there are in all. */
  total: number;
}

/** Entries of one day, in their order. */
export interface ReportedDay {
  day: string;
  entries: ReplayEntry[];
}

/** What a report says of the task itself, as pairs of a name and a text. Pure. */
export function reportedFacts({ facts, made_at }: ReportFacts): [string, string][] {
  const { task, worker, manager, legacy_worker, legacy_manager } = facts;
  const name = (row: Record<string, unknown> | null) => String(row?.["name"] ?? "none");
  return [
    ["Goal", String(task["goal"])],
    ["State", String(task["state"])],
    ["Summary", String(task["summary"] ?? "none")],
    ["Worker", name(worker ?? legacy_worker)],
    ["Manager", name(manager ?? legacy_manager)],
    ["Created", String(task["created_at"])],
    ["Changed last", String(task["updated_at"])],
    ["Exported", made_at],
    ["Id", String(task["id"])],
  ];
}

/** The entries by day. Pure. */
export function reportedDays(entries: readonly ReplayEntry[]): ReportedDay[] {
  const days: ReportedDay[] = [];
  for (const entry of entries) {
    const day = entry.timestamp.slice(0, 10);
    const last = days.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else days.push({ day, entries: [entry] });
  }
  return days;
}

/** The correlation id or the command that an entry belongs to, by which a reader finds what belongs together. Pure. */
export function belongsTo({ details }: ReplayEntry): string | null {
  const id = details["correlation_id"] ?? details["command_id"];
  return typeof id === "string" ? id : null;
}
