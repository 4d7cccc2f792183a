import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { cell, lines, plural } from "../print/text.ts";

type Change = Output<"campaigns.onChange">;

/** When, what, how and by whom, on one line. */
function changeLine({ created_at, campaign, entity, entity_id, change, from, to, forced, by, reason }: Change): string {
  const step = [from, to].filter((state) => state !== null).join(" -> ");
  const words = [created_at, campaign.name, entity, entity_id, change.replaceAll("_", " "), step, forced && "(forced)"];
  return `${[...words, `by ${cell(by)}`].filter(Boolean).join(" ")}${reason === null ? "" : `: ${cell(reason)}`}`;
}

/** `campaign history` (spec 06 §6.12 item 1). */
export const history = presents("campaigns.history", {
  text: (changes) => lines(changes.map(changeLine)),
  nothing: () => "no changes",
  async aside(changes, { input }) {
    const limit = typeof input["limit"] === "number" ? input["limit"] : 1000;
    const last = changes.at(-1);
    if (last === undefined || changes.length < limit) return undefined;
    return `${plural(changes.length, "change")} shown; --after ${last.seq} goes on with what is left`;
  },
});

/** `campaign history --follow`. */
export const onChange = presents("campaigns.onChange", { text: (change) => lines(changeLine(change)) });
