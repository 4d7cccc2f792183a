import type { Input, Output, PrunableKind } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { EventAttributes } from "@conveyor/contracts/events/catalogue";
import { PRUNABLE } from "@conveyor/contracts/transcripts/words";
import { type FastTx, retention } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

type PruneFacts = EventAttributes<"prune_completed">;
type PruneRecorder = (tx: FastTx, task_id: string | null, facts: PruneFacts, ids: retention.Prunable["ids"]) => void;

/** How the audit tells that a kind was pruned (spec 07 §7.8). */
const RECORDS: Record<PrunableKind, PruneRecorder> = {
  "transcript-captures": (tx, task_id, facts, capture_ids) =>
    tx.tell("transcript_captures_pruned", { task_id, attributes: { ...facts, capture_ids } }),
  "terminal-captures": (tx, task_id, facts, capture_ids) =>
    tx.tell("terminal_captures_pruned", { task_id, attributes: { ...facts, capture_ids } }),
  segments: (tx, task_id, facts, segment_ids) =>
    tx.tell("transcript_segments_pruned", { task_id, attributes: { ...facts, segment_ids } }),
  "codex-events": (tx, task_id, facts, event_ids) =>
    tx.tell("codex_events_pruned", { task_id, attributes: { ...facts, event_ids } }),
  heartbeats: (tx, task_id, facts, first_ids) =>
    tx.tell("telemetry_pruned", { task_id, attributes: { ...facts, first_ids } }),
  "agent-facts": (tx, task_id, facts, fact_ids) =>
    tx.tell("agent_facts_pruned", { task_id, attributes: { ...facts, fact_ids } }),
  telemetry: (tx, task_id, facts, first_ids) =>
    tx.tell("telemetry_pruned", { task_id, attributes: { ...facts, first_ids } }),
};

/** Drop the text of a task's older transcript segments, with the captures behind them (spec 02 §8.13). Throws `not_found`. */
export async function pruneSegments(
  ctx: Ctx,
  input: Input<"transcripts.pruneSegments">,
): Promise<Output<"transcripts.pruneSegments">> {
  const {
    by_kind: _byKind,
    bytes_freed: _bytes,
    file_bytes_freed: _file,
    ...report
  } = await prune(ctx, {
    ...input,
    kind: ["segments"],
    policy: false,
    vacuum: false,
  });
  return report;
}

/**
 * Drop old content of the wanted kinds, or what the policy of the state root says; rows, counts and hashes stay (spec 02
 * §8.14, 07 §7.10.7, §7.13 item 7). Idempotent. Throws `not_found` for the task, `conflicting_flags`, `invalid_input`, `ledger_busy` when the file cannot be written anew now.
 */
export async function prune(ctx: Ctx, input: Input<"transcripts.prune">): Promise<Output<"transcripts.prune">> {
  const { dry_run, keep_latest } = input;
  const byPolicy = input.policy ? await policyWishes(ctx, input) : undefined;
  const found = await ctx.store.fast((tx) => {
    const wishes = byPolicy ?? flagWishes(ctx, tx, input);
    return wishes.map((wish) => {
      const { kind, keep_latest, task_id, before } = wish;
      const rows = dry_run ? retention.prunable(tx, wish) : retention.dropContent(tx, wish);
      const older_than = input.policy ? before : (input.older_than ?? null);
      if (!dry_run && rows.rows > 0) record(tx, kind, { keep_latest, task_id, rows, older_than });
      return { kind, ...rows };
    });
  });
  const would_prune_count = found.reduce((sum, { rows }) => sum + rows, 0);
  const bytes = found.reduce((sum, one) => sum + one.bytes, 0);
  const compacted =
    dry_run || (would_prune_count === 0 && !input.vacuum) ? 0 : await ctx.store.compact({ vacuum: input.vacuum });
  return {
    dry_run,
    keep_latest,
    pruned_count: dry_run ? 0 : would_prune_count,
    would_prune_count,
    by_kind: Object.fromEntries(
      found.map(({ kind, rows, bytes: dropped }) => [
        kind,
        { pruned_count: dry_run ? 0 : rows, would_prune_count: rows, bytes: dropped },
      ]),
    ),
    bytes_freed: dry_run ? 0 : bytes,
    file_bytes_freed: input.vacuum && !dry_run ? compacted : null,
  };
}

function flagWishes(ctx: Ctx, tx: FastTx, input: Input<"transcripts.prune">): retention.RetentionWish[] {
  const { keep_latest, older_than, task } = input;
  const before = older_than === undefined ? null : instantBefore(ctx.host.clock.now(), older_than);
  const task_id = task === undefined ? null : resolveTask(tx, task).id;
  return kindsOf(input.kind).map((kind) => ({ kind, keep_latest, before, task_id }));
}

/** Throws `conflicting_flags` when flags say something else, and `invalid_input` for a policy that is none. */
async function policyWishes(ctx: Ctx, input: Input<"transcripts.prune">): Promise<retention.RetentionWish[]> {
  if (input.kind.length > 0 || input.older_than !== undefined || input.task !== undefined) {
    throw new ConveyorError("conflicting_flags", "the policy says what is dropped: no --kind, --older-than or --task", {
      hint: "leave them out, or leave --policy out",
    });
  }
  const { wishesOfPolicy } = await import("./retention-policy.ts");
  const wishes = wishesOfPolicy(ctx.settings.state_root, ctx.host.clock.now());
  if (wishes !== undefined) return wishes;
  throw new ConveyorError("invalid_input", `there is no retention.json in ${ctx.settings.state_root}`, {
    hint: 'write one, for instance {"kinds":{"terminal-captures":{"keep_days":30}}}',
    details: { kind: "retention_policy" },
  });
}

function kindsOf(wanted: Input<"transcripts.prune">["kind"]): readonly PrunableKind[] {
  if (wanted.length === 0) return ["transcript-captures"];
  return PRUNABLE.filter((kind) => wanted.includes(kind) || (wanted.includes("all") && kind !== "telemetry"));
}

function instantBefore(now: Date, window: string): string {
  const unit = window.slice(-1).toLowerCase() as keyof typeof UNIT_MS;
  // A window longer than time itself means: since ever, so nothing is old enough.
  return new Date(Math.max(0, now.getTime() - Number(window.slice(0, -1)) * UNIT_MS[unit])).toISOString();
}

interface Pruned {
  keep_latest: number;
  task_id: string | null;
  older_than: string | null;
  rows: retention.Prunable;
}

function record(tx: FastTx, kind: PrunableKind, { keep_latest, task_id, older_than, rows }: Pruned): void {
  const facts = { kind, keep_latest, older_than, pruned_count: rows.rows, bytes_freed: rows.bytes };
  RECORDS[kind](tx, task_id, facts, rows.ids);
  tx.tell("prune_completed", {
    task_id,
    summary: `pruned ${rows.rows} rows of ${kind}`,
    correlation: { kind },
    attributes: facts,
  });
}
