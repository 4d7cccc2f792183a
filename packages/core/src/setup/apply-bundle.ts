import { createHash } from "node:crypto";
import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import { canonicalJson, type lookups, type WriteTx } from "@conveyor/store";
import { assertMayJudge, checkAuthorOf } from "../checks/actor.ts";
import { recordManagerConfig } from "../contract/record-config.ts";
import { insertCriterion } from "../criteria/add.ts";
import { criteriaOf } from "../criteria/criterion.ts";
import type { Ctx } from "../ctx.ts";
import { recipeOf } from "../loops/recipes.ts";
import { resolveTask } from "../shared/references.ts";
import { bundleOf } from "./bundle.ts";
import { SETUP_PRESET_TABLE } from "./presets.ts";
import { setupDraft } from "./preview.ts";

type Answer = Output<"setup.applyBundle">;
type Draft = ReturnType<typeof setupDraft>;

/**
 * `setup-bundle apply`: keep the approved policy, and bring manager config and criteria of the task in line with it, all in
 * one transaction (spec 06 §6.8.1). Launches nothing. Where a required skill is missing the bundle is kept as blocked, and
 * nothing is applied. Throws `not_found`, `ambiguous`, `terminal_state`, `confirmation_required` (nobody approved),
 * `permission_denied` (whoever does the work approves).
 */
export async function applyBundle(ctx: Ctx, input: Input<"setup.applyBundle">): Promise<Answer> {
  const draft = setupDraft(ctx, input);
  const { preflight, draft_hash } = draft;
  const blocked = !preflight.ok;
  const common = {
    action: "apply",
    launched: false,
    ...{ blocked, ...draft },
    missing_required: preflight.missing_required,
  } as const;
  if (input.dry_run) {
    await ctx.store.peek((tx) => openTask(tx, input.task));
    return { ...common, dry_run: true, setup_bundle: null };
  }
  if (!input.approve) {
    throw new ConveyorError("confirmation_required", "a set-up bundle is applied only when its policy was approved", {
      hint: "look at it with `conveyor setup-bundle preview TASK`, then say --approve",
      details: { draft_hash, preset: input.preset },
    });
  }
  return ctx.store.write(async (tx) => {
    const task = openTask(tx, input.task);
    const author = await checkAuthorOf(ctx, tx, task.id);
    assertMayJudge(author, "approve a set-up bundle");
    const id = ctx.host.ids.next("setup");
    const earlier = await tx.db.setup_bundles.count({ where: { task_id: task.id } });
    const name = bundleName(task.id, input.preset, `${draft_hash} ${earlier}`);
    const seeded = blocked ? 0 : await putInForce(tx, task, input.preset, draft);
    const told = { bundle_id: id, bundle_name: name, draft_hash, preset: input.preset };
    const event = { task_id: task.id, correlation: { command: "setup-bundle", setup_bundle_id: id } };
    if (blocked) {
      const { missing_required } = preflight;
      const attributes = { ...told, missing_required };
      tx.tell("setup_bundle_blocked", { ...event, summary: `set-up bundle of task ${task.name} blocked`, attributes });
    } else {
      const attributes = { ...told, seeded_criteria: seeded };
      tx.tell("setup_bundle_applied", { ...event, summary: `set-up bundle of task ${task.name} applied`, attributes });
    }
    const seq = tx.seq();
    const row = await tx.db.setup_bundles.create({
      data: {
        ...{ id, seq, name, draft_hash, preset: input.preset, task_id: task.id },
        state: blocked ? "blocked" : "applied",
        approved_hash: draft_hash,
        policy_json: canonicalJson(draft.policy),
        preflight_json: canonicalJson(preflight),
        approval_json: canonicalJson({ approved_by: author, draft_hash }),
        applied_json: canonicalJson(blocked ? {} : { seeded_criteria: seeded }),
        blocked_reason: blocked ? `missing skills: ${preflight.missing_required.join(", ")}` : null,
        created_at: tx.now,
        updated_at: tx.now,
        updated_seq: seq,
        approved_at: tx.now,
        applied_at: blocked ? null : tx.now,
      },
    });
    return { ...common, dry_run: false, setup_bundle: bundleOf(row) };
  });
}

/** Names are unique because the numbers of a task's bundles are. */
function bundleName(task_id: string, preset: string, what: string): string {
  return `${task_id}-${preset}-${createHash("sha256").update(what).digest("hex").slice(0, 8)}`;
}

function openTask(tx: Parameters<typeof resolveTask>[0], reference: string): lookups.TaskRow {
  const task = resolveTask(tx, reference);
  if ((OPEN_TASK_STATES as readonly string[]).includes(task.state)) return task;
  throw new ConveyorError("terminal_state", `task ${JSON.stringify(task.name)} is ${task.state}`, {
    hint: "name an open task; `conveyor tasks --active` lists them",
    details: { kind: "task", id: task.id, name: task.name, state: task.state },
  });
}

/** Config and criteria as the policy wants them; returns how many criteria are new. */
async function putInForce(
  tx: WriteTx,
  task: lookups.TaskRow,
  preset: Input<"setup.applyBundle">["preset"],
  { policy }: Draft,
): Promise<number> {
  const { manager, evidence, whats_next } = policy;
  const { recipe } = SETUP_PRESET_TABLE[preset];
  await recordManagerConfig(tx, task, {
    source: "setup-bundle",
    changes: {
      recipe: recipe === null ? null : recipeOf(recipe),
      supervision_mode: manager.mode,
      // What was approved is what holds: nothing that was granted before stays beside it.
      clear: ["permissions"],
      grants: manager.permissions,
      tools: manager.tools,
      epilogues: ["record-handoff"],
      nudge_on_completion: whats_next.enabled ? "auto-review" : "ask-operator",
    },
  });
  const known = new Set(criteriaOf(tx, task.id).map(({ criterion }) => criterion));
  const missing = evidence.acceptance_criteria.filter((criterion) => !known.has(criterion));
  for (const criterion of missing) {
    await insertCriterion(tx, { task_id: task.id, criterion, source: "manager_inferred", status: "accepted" });
  }
  return missing.length;
}
