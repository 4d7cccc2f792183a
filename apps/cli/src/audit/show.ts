import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { actorText } from "../print/actor.ts";
import { ageText } from "../print/age.ts";
import { renderGeneric } from "../print/generic.ts";
import { listing } from "../print/listing.ts";
import { cell, lines, type View } from "../print/text.ts";

type Audit = Output<"audit.show">;
type AuditEvent = NonNullable<Audit["events"]>[number];

/** Fields of an event's payload that say what it was about, the most telling first. */
const TELLING = [
  "reason",
  "error",
  "criterion",
  "summary",
  "name",
  "session",
  "worker",
  "correlation_id",
  "command_id",
];

function aboutOf({ payload }: AuditEvent): unknown {
  const facts = payload as Record<string, unknown>;
  return TELLING.map((key) => facts[key]).find((fact) => typeof fact === "string" && fact !== "");
}

function eventRows(events: readonly AuditEvent[], view: View): string {
  return listing<AuditEvent>(
    [
      { head: "time", of: ({ created_at }) => created_at, only: "pipe" },
      { head: "age", of: ({ created_at }) => ageText(created_at, view.now), only: "terminal" },
      { head: "event", of: ({ type }) => type },
      { head: "by", of: ({ actor }) => actorText(actor), only: "terminal" },
      { head: "by", of: ({ actor }) => `actor=${actor}`, only: "pipe" },
      { head: "about", of: aboutOf, cut: "end", only: "terminal" },
      {
        head: "command",
        of: ({ command_id }) => (command_id === null ? "" : `command=${command_id}`),
        only: "pipe",
      },
    ],
    events,
    view,
  ).replace(/\t-$/gm, "");
}

/** The sections that were asked for by name; without any only the events are text, the rest is for `--json`. */
function namedSections(audit: Audit, view: View): string[] {
  if (typeof view.input["sections"] !== "string") return [];
  return Object.entries(audit)
    .filter(([section, rows]) => section !== "events" && Array.isArray(rows))
    .map(([section, rows]) => `\n${view.colour.bold(section.replaceAll("_", " "))}\n${renderGeneric(rows, view)}`);
}

function auditText(audit: Audit, view: View): string {
  const { task, events } = audit;
  return lines(
    [task.name, task.state, task.goal].map(cell).join("\t"),
    events !== undefined && events.length > 0 && eventRows(events, view),
    namedSections(audit, view),
  );
}

/** `audit`: the task, then one line per audit event, then the further sections that were named (spec 07 §7.10.1). */
export const show = presents("audit.show", {
  text: auditText,
  async aside({ cut_sections = [] }) {
    if (cut_sections.length === 0) return undefined;
    return `older rows left out of: ${cut_sections.join(", ")}; a larger --limit or --since shows others`;
  },
});
