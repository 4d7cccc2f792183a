import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { presentRows, waitingRows } from "../print/present.ts";
import { lines, plural, type View } from "../print/text.ts";

const DELIVERS = {
  active: "messages are delivered",
  silent: "the dispatcher is silent: messages wait",
  none: "nobody delivers messages: they wait",
} as const;

function overviewText(now: Output<"everyday.overview">, view: View): string {
  const { all, ...of } = now.sessions;
  const parts = Object.entries(of).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []));
  const sessions = parts.length > 0 ? `${plural(all, "session")} (${parts.join(", ")})` : plural(all, "session");
  return lines(
    `${plural(now.tasks.length, "open task")}, ${sessions}; ${DELIVERS[now.dispatch]}`,
    now.waiting.length > 0 ? `\n${waitingRows(now.waiting, view)}` : "nothing waits for you",
    now.tasks.length > 0 && `\n${presentRows(now.tasks, view)}`,
    now.next.length > 0 && `\n${now.next.map((command) => `next: ${view.colour.cyan(command)}\n`).join("")}`,
  );
}

/** `overview`: what is going on, and what to do next (spec 10.3). */
export const overview = presents("everyday.overview", { text: overviewText });
