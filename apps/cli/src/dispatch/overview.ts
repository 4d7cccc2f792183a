import type { Chain, Dispatcher, DispatchOverview, Percentiles } from "@conveyor/contracts";
import { shellQuote } from "@conveyor/contracts/shell-quote";
import { presents } from "../presentation.ts";
import { ageText } from "../print/age.ts";
import { agentText } from "../print/agent.ts";
import { listing } from "../print/listing.ts";
import type { Palette } from "../print/palette.ts";
import { lines, plural, table, type View } from "../print/text.ts";

type Paint = keyof Palette;

const STATUS_COLOURS: Readonly<Record<DispatchOverview["health"]["core_status"], Paint>> = {
  active: "green",
  stale: "yellow",
  not_observed: "red",
};

const STATE_COLOURS: Readonly<Partial<Record<Chain["command_state"], Paint>>> = {
  failed: "red",
  blocked: "yellow",
  succeeded: "green",
  delivered: "green",
};

/** Whether messages travel, in a few lines, and then what travelled. */
function dispatchStatusText(seen: DispatchOverview, view: View): string {
  const { health, inbox, task } = seen;
  const paint = view.colour[STATUS_COLOURS[health.core_status]];
  return lines(
    task !== null && `task ${task.name}`,
    `${view.colour.bold("Dispatch")} ${paint(health.core_status.replaceAll("_", " "))}  ${health.operator_message}`,
    table([["queue", queueLine(seen, view)], ["inbox", inboxLine(seen)], ...latencyRows(seen)], view),
    section("agents", agentRows(seen, view), view),
    section("dispatchers", dispatcherRows(seen.dispatchers, view), view),
    seen.duplicate_dispatcher_ids.length > 0 &&
      view.colour.yellow(`several processes work as ${seen.duplicate_dispatcher_ids.join(", ")}`),
    section(
      "inboxes",
      table(
        inbox.sessions.map((own) => [
          own.session_name,
          own.session_role,
          `${counted(own.pending_count, seen)} waiting`,
          `${counted(own.consumed_count, seen)} consumed`,
        ]),
        view,
      ),
      view,
    ),
    section("newest", chainRows(seen.chains, view), view),
    seen.older !== null && view.colour.dim(`older ones: ${view.program} ${olderCommand(seen, view)}`),
  );
}

/** The sessions of live bindings, those that need somebody first. */
function agentRows({ agents, agent_count }: DispatchOverview, view: View): string {
  const left_out = agent_count - agents.length;
  const rows = listing<DispatchOverview["agents"][number]>(
    [
      { head: "session", of: ({ name }) => name, cut: "end" },
      { head: "role", of: ({ role }) => role },
      { head: "agent", of: ({ agent_status }) => agentText(agent_status, view.colour) },
      { head: "since", of: ({ agent_status }) => ageText(agent_status.since, view.now) },
      { head: "task", of: ({ task_name }) => task_name, cut: "end" },
    ],
    agents,
    view,
  );
  return rows === "" ? "" : lines(rows, left_out > 0 && view.colour.dim(`and ${left_out} that are less urgent`));
}

/** The same question about what came before. */
function olderCommand({ older }: DispatchOverview, { input }: View): string {
  const { task, state, limit } = input as { task?: string; state?: string[]; limit?: number };
  const flags = [
    ...(task === undefined ? [] : ["--task", shellQuote(task)]),
    ...(state ?? []).flatMap((one) => ["--state", one]),
    ...(limit === undefined ? [] : ["--limit", limit]),
  ];
  return ["dispatch status", ...flags, "--before", older].join(" ");
}

/** One line per dispatcher: its name, whether it works, how long ago it was heard of, and what it has done. */
export function dispatcherRows(dispatchers: readonly Dispatcher[], view: View): string {
  const rows = dispatchers.map((own) => [
    own.dispatcher_id,
    own.dry_run ? `${own.state} (dry run)` : own.state,
    `${own.age_seconds} s ago`,
    `${own.host}:${own.pid}`,
    plural(own.total_processed, "item"),
    ...(own.last_error === null ? [] : [own.last_error]),
  ]);
  return table(rows, view);
}

function section(title: string, text: string, view: View): string | false {
  return text !== "" && `\n${view.colour.bold(title)}\n${text}`;
}

function counted(count: number, { count_limit }: DispatchOverview): string {
  return count >= count_limit ? `${count}+` : String(count);
}

function queueLine(seen: DispatchOverview, view: View): string {
  const { health } = seen;
  const parts: [number, string, Paint?][] = [
    [health.queued_count, "queued"],
    [health.failed_count - health.refused_count, "failed", "red"],
    [health.refused_count, "refused by a gate", "yellow"],
    [health.blocked_count, "blocked", "yellow"],
    [health.stale_claim_count, "stale claims", "yellow"],
    [health.side_effect_risk_count, "at risk", "red"],
    [health.suppressed_signal_count, "suppressed"],
  ];
  return parts
    .map(([count, word, paint]) => {
      const text = `${counted(count, seen)} ${word}`;
      return paint !== undefined && count > 0 ? view.colour[paint](text) : text;
    })
    .join(", ");
}

function inboxLine(seen: DispatchOverview): string {
  const { pending_count, pull_required_pending_count, consumed_count } = seen.inbox;
  const { oldest_unconsumed_seconds: oldest, unanswered_count } = seen.latency;
  return [
    `${counted(pending_count, seen)} waiting`,
    pending_count > 0 && `${counted(pull_required_pending_count, seen)} waiting for pull`,
    oldest !== null && `the oldest for ${oldest} s`,
    `${counted(consumed_count, seen)} consumed`,
    unanswered_count > 0 && `${unanswered_count} of the last ones not answered`,
  ]
    .filter((part) => part !== false)
    .join(", ");
}

function latencyRows({ latency }: DispatchOverview): string[][] {
  const spans: [string, Percentiles][] = [
    ["to delivery", latency.enqueue_to_deliver],
    ["to taking", latency.deliver_to_consume],
    ["to answer", latency.consume_to_ack],
  ];
  return spans
    .filter(([, { count }]) => count > 0)
    .map(([name, { p50_ms, p90_ms, p99_ms, count }]) => [
      name,
      `p50 ${p50_ms} ms, p90 ${p90_ms} ms, p99 ${p99_ms} ms (${plural(count, "item")})`,
    ]);
}

/** One line per chain; what stands in its way, and with content its words, are indented under it. */
function chainRows(chains: readonly Chain[], view: View): string {
  const rows = chains.map((chain) => [
    chain.time.slice(11, 19),
    chain.refused
      ? view.colour.yellow("refused")
      : view.colour[STATE_COLOURS[chain.command_state] ?? "dim"](chain.command_state),
    chain.command_type,
    chain.task_name,
    whereabouts(chain),
    chain.command_id ?? `#${chain.notifications[0]?.id}`,
  ]);
  const aligned = table(rows, view).split("\n");
  return lines(chains.flatMap((chain, i) => [aligned[i] as string, ...notesOf(chain, view)]));
}

function notesOf(chain: Chain, view: View): string[] {
  const notes = [
    chain.side_effect_risk && view.colour.red("a side effect began and nobody knows how it ended"),
    blockedNote(chain),
    chain.blocked_policy === null && chain.error,
    chain.claim?.expired && `claimed by ${chain.claim.claimed_by} until ${chain.claim.claim_expires_at}`,
    ...chain.conversation.map(({ message }) => message ?? false),
  ];
  return notes.filter((note) => typeof note === "string").map((note) => note.trimEnd().replaceAll(/^/gm, "    "));
}

function whereabouts({ notifications, claim, command_state }: Chain): string {
  const item = notifications.at(-1);
  if (item === undefined) return command_state === "attempted" && claim !== null ? `by ${claim.claimed_by}` : "-";
  const taken = item.consumed_at === null ? (item.state === "delivered" ? "waits" : item.state) : "consumed";
  return `${item.target_session_name}: ${item.acknowledgement?.status ?? taken}`;
}

function blockedNote({ blocked_policy: policy }: Chain): string | false {
  if (policy === null) return false;
  const missing = policy.missing_evidence.length > 0 && `missing ${policy.missing_evidence.join(", ")}`;
  const iteration =
    policy.requested_iteration !== null &&
    `iteration ${policy.requested_iteration} asked for, at ${policy.current_iteration} of ${policy.max_iterations}`;
  return [policy.reason, missing, iteration].filter((part) => typeof part === "string").join("; ");
}

/** `dispatch status` (spec 03 §8). */
export const overview = presents("dispatch.overview", { text: dispatchStatusText });
