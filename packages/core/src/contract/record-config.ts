import type { ManagerConfig } from "@conveyor/contracts";
import type { CheckAuthor } from "@conveyor/contracts/checks/words";
import { canonicalJson, decodeRow, type Prisma, type ReadTx, type WriteTx } from "@conveyor/store";
import { keepRevision } from "./config-history.ts";
import { type ConfigChanges, type ManagerPolicy, mergeManagerConfig } from "./merge-config.ts";
import { normalisePermissions } from "./permissions.ts";

type ConfigRow = Prisma.manager_configsGetPayload<object>;

/** A stored config as users see it; permissions of older ledgers come out in today's form (spec 04 §3.2). */
export function managerConfigOf(row: ConfigRow): ManagerConfig {
  const {
    seq: _seq,
    updated_seq: _updatedSeq,
    approval_mandate: _mandate,
    completion_gate: _gate,
    consume_on_acted: _consume,
    supervision_budget_tokens: _budget,
    ...config
  } = decodeRow(row);
  const permissions = normalisePermissions(config.permissions);
  return { ...config, permissions } as ManagerConfig;
}

/** The manager config of a task, or null. */
export async function findManagerConfig(tx: ReadTx, task_id: string): Promise<ManagerConfig | null> {
  const row = await tx.db.manager_configs.findUnique({ where: { task_id } });
  return row && managerConfigOf(row);
}

export interface RecordedConfig {
  config: ManagerConfig;
  changed_fields: string[];
  warnings: string[];
}

export interface ConfigRecording {
  changes: ConfigChanges;
  /** The command, when it is not `manager-config`. */
  source?: string | undefined;
  /** Default: a person. */
  author?: CheckAuthor | undefined;
}

/**
 * Merge a change into the task's config and write it with `manager_config_recorded`. The revision rises only when a
 * value is another now (spec 04 §4.2).
 */
export async function recordManagerConfig(
  tx: WriteTx,
  task: { id: string; name: string },
  { changes, source, author = "operator" }: ConfigRecording,
): Promise<RecordedConfig> {
  const existing = await findManagerConfig(tx, task.id);
  const { policy, changed_fields, warnings } = mergeManagerConfig(existing, changes);
  const revision = existing === null ? 1 : existing.revision + (changed_fields.length > 0 ? 1 : 0);
  const seq = tx.seq();
  const data = {
    recipe_name: policy.recipe_name,
    supervision_mode: policy.supervision_mode,
    objective: policy.objective,
    guidelines_json: canonicalJson(policy.guidelines),
    acceptance_criteria_json: canonicalJson(policy.acceptance_criteria),
    reference_paths_json: canonicalJson(policy.reference_paths),
    permissions_json: canonicalJson(policy.permissions),
    tools_json: canonicalJson(policy.tools),
    epilogues_json: canonicalJson(policy.epilogues),
    nudge_on_completion: policy.nudge_on_completion,
    proof_policy: policy.proof_policy,
    evidence_policy: policy.evidence_policy,
    require_acks: policy.require_acks,
    setup_questions_json: canonicalJson(policy.setup_questions),
    revision,
    updated_at: tx.now,
    updated_seq: seq,
  };
  const row = await tx.db.manager_configs.upsert({
    where: { task_id: task.id },
    create: { ...data, task_id: task.id, seq, created_at: tx.now },
    update: data,
  });
  const config = managerConfigOf(row);
  if (existing !== null) {
    // Of a config from before there was a history its last state is where that begins.
    await keepRevision(tx, {
      task_id: task.id,
      revision: existing.revision,
      author,
      source: "earlier",
      policy: policyOf(existing),
    });
  }
  await keepRevision(tx, { task_id: task.id, revision, author, source, policy });
  tx.tell("manager_config_recorded", {
    task_id: task.id,
    summary: `manager config of ${task.name} recorded as revision ${revision}`,
    correlation: { revision },
    attributes: { changed_fields },
    payload: {
      ...configCountsOf(config),
      changed_fields,
      permission_warnings: warnings,
      require_acks: config.require_acks,
      revision,
      source,
    },
  });
  return { config, changed_fields, warnings };
}

/** What a config says, without what the ledger adds. */
function policyOf(config: ManagerConfig): ManagerPolicy {
  const { task_id: _task, revision: _revision, created_at: _created, updated_at: _updated, ...policy } = config;
  return policy;
}

/** What records say about a config: how many of each, never the texts. */
export function configCountsOf(config: ManagerConfig) {
  return {
    acceptance_count: config.acceptance_criteria.length,
    epilogue_count: config.epilogues.length,
    guideline_count: config.guidelines.length,
    nudge_on_completion: config.nudge_on_completion,
    recipe_name: config.recipe_name,
    reference_count: config.reference_paths.length,
    supervision_mode: config.supervision_mode,
    tool_count: config.tools.length,
  };
}
