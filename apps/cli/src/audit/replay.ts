import type { Output } from "@conveyor/contracts";
import { shellQuote } from "@conveyor/contracts/shell-quote";
import { presents } from "../presentation.ts";
import { actorText } from "../print/actor.ts";
import { lines, type View } from "../print/text.ts";

const ACTOR_WIDTH = 16;

function replayText({ task, mode, finish, entries }: Output<"audit.replay">, view: View): string {
  let day = "";
  const told = entries.flatMap((entry) => {
    const [date = "", time = ""] = entry.timestamp.split("T");
    const head = date === day ? [] : [view.colour.bold(date)];
    day = date;
    const clock = view.colour.dim(time.replace("Z", ""));
    const content = typeof entry.content === "string" ? entry.content.trimEnd().split("\n") : [];
    return [
      ...head,
      `${clock} ${actorText(entry.actor).padEnd(ACTOR_WIDTH)} ${entry.summary}`,
      ...content.map((line) => `    ${line}`),
    ];
  });
  const closing = finish && [
    `finished: ${finish.summary}`,
    `  ${view.program} replay ${shellQuote(task.name)} --format compact`,
  ];
  return lines(`task: ${task.name}`, `state: ${task.state}`, `mode: ${mode}`, closing ?? undefined, told);
}

/** `replay`: what happened, in order, with the date whenever the day changes (spec 07 §7.10.2). */
export const replay = presents("audit.replay", { text: replayText });
