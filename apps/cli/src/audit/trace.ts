import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { actorText } from "../print/actor.ts";
import { lines, plural, table, type View } from "../print/text.ts";

type Trace = Output<"audit.trace">;
type Entry = Trace["entries"][number];

/** What a step is called; a step that is not listed keeps the name of its kind. */
const STEPS: Readonly<Record<string, string>> = {
  command_attempt: "attempt",
  routed_notification: "message",
  notification_acknowledgement: "answer",
  observe: "cycle",
};

const ACTOR_WIDTH = 9;
const STEP_WIDTH = 9;

/** What a message or an answer says. A message that came from a command is shown with the command. */
function wordsOf({ kind, details }: Entry): string[] {
  const { payload, command_id } = details as { payload?: Record<string, unknown>; command_id?: string | null };
  if (kind === "notification_acknowledgement") return [JSON.stringify(payload)];
  const isMessage = kind === "command" || (kind === "routed_notification" && command_id === null);
  const message = isMessage ? (payload?.["message"] ?? payload?.["text"]) : undefined;
  return typeof message === "string" ? message.trimEnd().split("\n") : [];
}

function timeline(entries: readonly Entry[], view: View): string[] {
  let day = "";
  return entries.flatMap((entry) => {
    const [date = "", time = ""] = entry.timestamp.split("T");
    const head = date === day ? [] : [view.colour.bold(date)];
    day = date;
    const step = (STEPS[entry.kind] ?? entry.kind).padEnd(STEP_WIDTH);
    const line = `${actorText(entry.actor).padEnd(ACTOR_WIDTH)} ${step} ${entry.summary}`;
    const shown = entry.kind === "telemetry" ? view.colour.dim(line) : line;
    const words = view.input["include_content"] === true ? wordsOf(entry) : [];
    return [...head, `${view.colour.dim(time.replace("Z", ""))} ${shown}`, ...words.map((word) => `    ${word}`)];
  });
}

function duration(milliseconds: number | null): string | null {
  if (milliseconds === null) return null;
  return milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

function traceText({ correlation_id, tasks, entries, truncated, latencies }: Trace, view: View): string {
  const heads = ["message", "notification", "to claim", "to delivery", "to taking", "to answer"];
  const rows = latencies.map((one) => [
    `${one.type}${one.command_id === null ? "" : ` ${one.command_id}`}`,
    one.notification_id === null ? null : `#${one.notification_id}`,
    duration(one.enqueue_to_claim_ms),
    duration(one.enqueue_to_deliver_ms),
    duration(one.deliver_to_consume_ms),
    duration(one.consume_to_ack_ms),
  ]);
  const where =
    tasks.length === 0 ? "" : `, ${tasks.length === 1 ? "task" : "tasks"} ${tasks.map(({ name }) => name).join(", ")}`;
  return lines(
    view.colour.bold(`correlation ${correlation_id}${where}`),
    plural(entries.length, "step"),
    truncated && "only the newest of each kind are shown",
    timeline(entries, view),
    rows.length > 0 && table([heads.map((head) => view.colour.bold(head)), ...rows], view),
  );
}

/** `trace`: what happened to a correlation id step by step, then how long each message took (spec 03 §13 item 4). */
export const trace = presents("audit.trace", { text: traceText });
