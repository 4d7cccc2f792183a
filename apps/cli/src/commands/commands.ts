import { type Answer, cliCommand } from "../command.ts";
import { spec } from "../generated/commands.ts";
import { ageText } from "../print/age.ts";
import { previewLine } from "../print/enqueued.ts";
import { listing } from "../print/listing.ts";
import { shortIds } from "../print/short-ids.ts";
import { lines, plural, table, type View } from "../print/text.ts";

type Logged = Answer<"dispatch.commands">[number];
type Shown = Answer<"dispatch.showCommand">;
type Group = Answer<"dispatch.deadCommands">["groups"][number];

/** What the command asks for; without `--include-content` only how long it is. */
function bodyLine({ payload }: Shown): string {
  const { message, message_byte_count } = payload;
  if (typeof message === "string") return `message: ${message}`;
  return typeof message_byte_count === "number" ? `message: ${plural(message_byte_count, "byte")}` : "no message";
}

function attemptRow(attempt: Shown["attempt_history"][number]): unknown[] {
  const touched = attempt.side_effect_completed
    ? "sent"
    : attempt.side_effect_started
      ? "perhaps sent"
      : "nothing sent";
  return [`attempt ${attempt.id}`, attempt.state, attempt.dispatcher_id, attempt.started_at, touched, attempt.error];
}

function itemRows(item: Shown["items"][number]): unknown[][] {
  const taken = item.consumed_at === null ? "not taken" : `taken ${item.consumed_at}`;
  return [
    [`item #${item.id}`, item.state, item.delivery_mode, `to ${item.target_session_name}`, taken, item.error],
    ...item.acknowledgements.map((answer) => [`answer ${answer.id}`, answer.status, answer.role, answer.created_at]),
  ];
}

function commandRows(rows: readonly Logged[], view: View): string {
  const ids = shortIds(rows.map(({ id }) => id));
  const withAttempts = rows.some(({ attempt_history }) => attempt_history !== undefined);
  return listing<Logged>(
    [
      { head: "command", of: ({ id }) => (view.isTerminal ? ids.get(id) : id) },
      { head: "age", of: ({ created_at }) => ageText(created_at, view.now), only: "terminal" },
      { head: "state", of: ({ state }) => state },
      { head: "type", of: ({ type }) => type },
      { head: "task", of: (row) => row.task_name ?? row.task_id, cut: "end" },
      { head: "attempts", of: ({ attempts }) => attempts, only: "terminal" },
      ...(withAttempts
        ? [{ head: "attempts", of: ({ attempts }: Logged) => `attempts=${attempts}`, only: "pipe" as const }]
        : []),
      { head: "error", of: ({ error }) => error, cut: "end", only: "terminal" },
    ],
    rows,
    view,
  );
}

function shownText(shown: Shown, view: View): string {
  return lines(
    view.colour.bold(`${shown.id} ${shown.type} ${shown.state}`),
    `task ${shown.task_name ?? shown.task_id ?? "none"}, correlation ${shown.correlation_id ?? "none"}`,
    `created ${shown.created_at}, ${shown.attempts} of ${plural(shown.max_attempts, "attempt")} used`,
    shown.error !== null && `error: ${shown.error}`,
    bodyLine(shown),
    table([...shown.attempt_history.map(attemptRow), ...shown.items.flatMap(itemRows)], view),
  );
}

function retriedText(retried: Answer<"dispatch.retryCommand">): string {
  const how = retried.deduplicated ? "already queued again" : "queued again";
  return lines(
    `${how} ${retried.command_type} for ${retried.task}: ${retried.command_id}`,
    retried.gate_preview !== undefined && previewLine(retried.gate_preview),
  );
}

function deadText({ total, groups }: Answer<"dispatch.deadCommands">, view: View): string {
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

/** `commands`: the durable log, and looking after what is in it (spec 03 §7.8, §13). */
export const command = cliCommand(spec, {
  text: {
    "dispatch.commands": commandRows,
    "dispatch.showCommand": shownText,
    "dispatch.retryCommand": retriedText,
    "dispatch.cancelCommand": (done) => `cancelled ${done.command_type} ${done.command_id}\n`,
    "dispatch.deadCommands": deadText,
  },
  nothing: { "dispatch.commands": () => "no commands" },
});
