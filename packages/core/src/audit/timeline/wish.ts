import type { Input } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { sinceInstant } from "../show.ts";
import { sourcesOf } from "./kinds.ts";
import type { TimelineWish } from "./read.ts";

type Chosen = Omit<Input<"audit.onEntry">, "backlog" | "task"> &
  Partial<Pick<Input<"audit.replay">, "since" | "until">>;

/**
 * What an input asks for of the timeline of a task. Throws `usage` when full text is asked for without saying so, and
 * `invalid_input` for an impossible date.
 */
export function timelineWish(task_id: string, input: Chosen, now: Date): TimelineWish {
  const { format, role, kind, correlation, spans, include_content } = input;
  if (format === "full-transcript" && !include_content) {
    throw new ConveyorError("usage", "the full transcript prints stored terminal text, which is private", {
      hint: "add --include-content, and redirect the output to a file",
    });
  }
  return {
    task_id,
    sources: sourcesOf(format, spans || kind.includes("manager_cycle_span")),
    role: role === "all" ? undefined : role,
    kinds: kind.length === 0 ? undefined : kind,
    correlation_id: correlation,
    since: sinceInstant(input.since, now),
    until: sinceInstant(input.until, now),
    include_content,
  };
}
