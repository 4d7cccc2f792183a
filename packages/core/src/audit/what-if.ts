import type { Input, Output, Rejudged, Silence, WhatIfPolicy } from "@conveyor/contracts";
import { whatIfPolicy } from "@conveyor/contracts/audit/what-if";
import { FRESHNESS } from "@conveyor/contracts/dispatch/words";
import { ConveyorError } from "@conveyor/contracts/errors";
import { JSON_BYTES, LIST_ROWS } from "@conveyor/contracts/limits";
import { readWhole } from "@conveyor/files";
import { type FastTx, replayRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { isSameVerdict, judgeClosing, judgePermission, judgeReview, silences } from "./judge-again.ts";

/** A bound task that nobody looked at for this long is stuck, unless `reconcile` is told otherwise, in seconds. */
const STALE_CYCLES_SECONDS = 3600;

/**
 * Judge what was recorded of a task by another policy (issue 14). Changes nothing. Throws `not_found`, `ambiguous`, and
 * `invalid_input` for a file that is no policy.
 */
export async function whatIf(ctx: Ctx, input: Input<"audit.whatIf">): Promise<Output<"audit.whatIf">> {
  const policy = policyIn(input.policy);
  return ctx.store.peek((tx) => {
    const { id, name } = resolveTask(tx, input.task);
    return { task: { id, name }, ...judgedAgain(tx, { id, name }, policy, ctx.host.clock.iso()) };
  });
}

function judgedAgain(tx: FastTx, task: { id: string; name: string }, policy: WhatIfPolicy, now: string) {
  const recorded = (kind: Parameters<typeof replayRows.recordedOf>[1]) =>
    replayRows.recordedOf(tx, kind, { task_id: task.id, limit: LIST_ROWS });
  const rows = {
    permission: { found: recorded("permissions"), judge: judgePermission },
    finish: { found: recorded("closings"), judge: judgeClosing },
    review: { found: recorded("reviews"), judge: judgeReview },
  } as const;
  const judged = { permission: 0, finish: 0, review: 0 };
  const differing: Rejudged[] = [];
  const not_reproduced: Rejudged[] = [];
  for (const [kind, { found, judge }] of Object.entries(rows)) {
    for (const row of found) {
      const in_force = judge(row, {});
      const replayed = judge(row, policy);
      if (in_force === undefined || replayed === undefined) continue;
      judged[kind as keyof typeof judged] += 1;
      if (!isSameVerdict(in_force)) not_reproduced.push(in_force);
      if (!isSameVerdict({ recorded: in_force.replayed, replayed: replayed.replayed })) differing.push(replayed);
    }
  }
  const bySeq = (a: Rejudged, b: Rejudged) => a.seq - b.seq;
  const looked = recorded("cycles");
  const heard = recorded("heartbeats");
  const { from, until } = replayRows.boundsOf(tx, task.id);
  return {
    judged,
    differing: differing.sort(bySeq),
    not_reproduced: not_reproduced.sort(bySeq),
    stalls: silences(task.name, momentsOf(looked, from), {
      in_force: STALE_CYCLES_SECONDS,
      replayed: policy.stale_cycles_seconds ?? STALE_CYCLES_SECONDS,
      until: until ?? now,
    }),
    wakes: ["worker", "manager"].flatMap((role): Silence[] => {
      const own = heard.filter((row) => row["role"] === role);
      return silences(role, momentsOf(own, null), {
        in_force: FRESHNESS.LEASE_STALE_SECONDS,
        replayed: policy.lease_stale_seconds ?? FRESHNESS.LEASE_STALE_SECONDS,
        until: until ?? now,
      });
    }),
    truncated: [...Object.values(rows).map(({ found }) => found), looked, heard].some(
      ({ length }) => length === LIST_ROWS,
    ),
  };
}

function momentsOf(rows: readonly replayRows.RecordedRow[], from: string | null): string[] {
  const moments = rows.map((row) => String(row["at"]));
  return from === null ? moments : [from, ...moments];
}

function policyIn(path: string): WhatIfPolicy {
  const refuse = (why: string) =>
    new ConveyorError("invalid_input", `${path} is no policy: ${why}`, {
      hint: 'for instance {"finish":{"require_criteria_audit":true},"stale_cycles_seconds":600}',
      details: { kind: "policy", path },
    });
  const read = readWhole(path, { most_bytes: JSON_BYTES });
  if (!read.ok) throw refuse(`it ${read.reason}`);
  let document: unknown;
  try {
    document = JSON.parse(read.text);
  } catch {
    throw refuse("it is not JSON");
  }
  const parsed = whatIfPolicy.safeParse(document);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refuse(`${issue?.path.join(".") || "the document"}: ${issue?.message}`);
}
