import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { lines, plural, table, type View } from "../print/text.ts";

type Group = Output<"dispatch.deadCommands">["groups"][number];

function deadText({ total, groups }: Output<"dispatch.deadCommands">, view: View): string {
  if (total === 0) return "no dead commands\n";
  return groups.map((group) => groupText(group, view)).join("\n");
}

function groupText({ error_code, count, advice, fix, commands }: Group, view: View): string {
  const rows = commands.map((own) => [own.command_id, own.command_type, own.task, own.created_at, own.error]);
  return lines(
    view.colour.bold(`${error_code}: ${plural(count, "command")}`),
    advice,
    fix.map((line) => `  ${line}`),
    table(rows, view),
    commands.flatMap(({ retry }) => (retry === null ? [] : [`  ${retry}`])),
  );
}

/** `commands dead`: what failed for good, by reason, and what helps (spec 03 §13). */
export const deadCommands = presents("dispatch.deadCommands", { text: deadText });
