import type { replayRows } from "@conveyor/store";
import type { Candidate, EntryRow } from "./entry.ts";
import {
  commandAttemptEntry,
  commandEntry,
  correlationChainEntry,
  notificationAcknowledgementEntry,
  routedNotificationEntry,
} from "./messages.ts";
import {
  captureEntry,
  cycleSpanEntry,
  observeEntry,
  sessionNudgeEntry,
  transcriptSegmentEntry,
} from "./observations.ts";
import {
  acceptanceCriterionEntry,
  acknowledgementEntry,
  continuationEntry,
  continuationReviewEntry,
  decisionEntry,
  epilogueEntry,
  handoffEntry,
} from "./people.ts";

/** How the rows of one source become entries; `from` is the least detailed format that shows them (spec 07 §7.10.2). */
export interface EntryMaker {
  from: "compact" | "timeline" | "spans" | "transcript" | "full-transcript";
  make(row: EntryRow): Candidate;
}

/** Every kind of entry: the one place where a row becomes what the command line, an export and the page show. */
export const ENTRY_MAKERS: Readonly<Record<replayRows.TimelineSourceName, EntryMaker>> = {
  commands: { from: "compact", make: commandEntry },
  command_attempts: { from: "compact", make: commandAttemptEntry },
  routed_notifications: { from: "compact", make: routedNotificationEntry },
  notification_acknowledgements: { from: "compact", make: notificationAcknowledgementEntry },
  command_chains: { from: "compact", make: correlationChainEntry },
  item_chains: { from: "compact", make: correlationChainEntry },
  manager_decisions: { from: "compact", make: decisionEntry },
  task_acknowledgements: { from: "compact", make: acknowledgementEntry },
  task_continuations: { from: "compact", make: continuationEntry },
  continuation_reviews: { from: "compact", make: continuationReviewEntry },
  epilogue_runs: { from: "compact", make: epilogueEntry },
  worker_handoffs: { from: "compact", make: handoffEntry },
  telemetry_events: { from: "compact", make: sessionNudgeEntry },
  events: { from: "timeline", make: acceptanceCriterionEntry },
  manager_cycles: { from: "timeline", make: observeEntry },
  manager_cycle_spans: { from: "spans", make: cycleSpanEntry },
  terminal_captures: { from: "transcript", make: captureEntry },
  transcript_segments: { from: "full-transcript", make: transcriptSegmentEntry },
};

/** Which levels of detail a format includes; the excerpts of `transcript` would only repeat what the full one prints. */
const FORMAT_LEVELS = {
  compact: ["compact"],
  timeline: ["compact", "timeline"],
  transcript: ["compact", "timeline", "transcript"],
  "full-transcript": ["compact", "timeline", "full-transcript"],
} as const satisfies Record<string, readonly EntryMaker["from"][]>;

export type TimelineFormat = keyof typeof FORMAT_LEVELS;

/** The sources that a format shows. */
export function sourcesOf(format: TimelineFormat, spans: boolean): replayRows.TimelineSourceName[] {
  const levels: readonly EntryMaker["from"][] = FORMAT_LEVELS[format];
  return (Object.keys(ENTRY_MAKERS) as replayRows.TimelineSourceName[]).filter((name) => {
    const { from } = ENTRY_MAKERS[name];
    return levels.includes(from) || (from === "spans" && spans);
  });
}
