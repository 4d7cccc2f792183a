import type { Output } from "@conveyor/contracts";
import { shellQuote } from "@conveyor/contracts/shell-quote";
import { presents } from "../presentation.ts";
import { actorText } from "../print/actor.ts";
import { lines, type View } from "../print/text.ts";

type Entry = Output<"audit.onEntry">;

const ACTOR_WIDTH = 16;

/** An entry behind the time that is told with it; the text of a segment stands below. */
function entryLines({ actor, summary, content }: Entry, clock: string, view: View): string[] {
  const text = typeof content === "string" ? content.trimEnd().split("\n") : [];
  return [
    `${view.colour.dim(clock)} ${actorText(actor).padEnd(ACTOR_WIDTH)} ${summary}`,
    ...text.map((line) => `    ${line}`),
  ];
}

function replayText({ task, mode, finish, entries }: Output<"audit.replay">, view: View): string {
  let day = "";
  const told = entries.flatMap((entry) => {
    const [date = "", time = ""] = entry.timestamp.split("T");
    const head = date === day ? [] : [view.colour.bold(date)];
    day = date;
    return [...head, ...entryLines(entry, time.replace("Z", ""), view)];
  });
  const closing = finish && [
    `finished: ${finish.summary}`,
    `  ${view.program} replay ${shellQuote(task.name)} --format compact`,
    `  ${view.program} mutation-audit ${shellQuote(task.name)}`,
  ];
  return lines(`task: ${task.name}`, `state: ${task.state}`, `mode: ${mode}`, closing ?? undefined, told);
}

/** `replay`: what happened, in order, with the date whenever the day changes (spec 07 §7.10.2). */
export const replay = presents("audit.replay", {
  text: replayText,
  async aside({ earlier, entry_count, total_entry_count }, { input }) {
    // Whoever gave a limit knows that there is more.
    if (earlier === null || "limit" in input || "around" in input) return undefined;
    return `${total_entry_count - entry_count} further; \`--before ${shellQuote(earlier)}\` shows what came earlier`;
  },
});

/** `replay --follow`: an entry a line, with its whole time. */
export const onEntry = presents("audit.onEntry", {
  text: (entry, view) => lines(entryLines(entry, entry.timestamp, view)),
});
