import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import type { bundleRows } from "@conveyor/store";

type Row = Record<string, unknown>;

/** How a task stands, as a bundle says it (spec 07 §7.10.6, `task-status.json`). Pure. */
export function taskStatus(facts: bundleRows.ExportedFacts): Row {
  const { task, budget, binding, manager_config, handoff, status } = facts;
  const issues = integrityIssues(facts);
  const bound = { binding_id: binding?.["id"] ?? null, binding_state: binding?.["state"] ?? null };
  const party = (row: Row | null) => (row === null ? null : { ...bound, ...row });
  return {
    ...task,
    budget: budget === null ? null : withRemaining(budget),
    integrity: { ok: issues.length === 0, issues },
    worker: party(facts.worker ?? facts.legacy_worker),
    manager: party(facts.manager ?? facts.legacy_manager),
    manager_config,
    worker_handoff: handoff,
    worker_status: status,
  };
}

function withRemaining({ max_nudges, nudges_used, expires_at }: Row): Row {
  return { max_nudges, nudges_used, nudges_remaining: Number(max_nudges) - Number(nudges_used), expires_at };
}

/** What does not fit together: names of facts, each of which somebody has to look at. */
function integrityIssues(facts: bundleRows.ExportedFacts): string[] {
  const { task, binding, worker, manager, legacy_worker, legacy_manager } = facts;
  const is_open = (OPEN_TASK_STATES as readonly unknown[]).includes(task["state"]);
  const is_bound = binding !== null && ["active", "ending"].includes(String(binding["state"]));
  const checks: [string, boolean][] = [
    ["managed_without_binding", task["state"] === "managed" && !is_bound],
    ["closed_but_bound", !is_open && is_bound],
    ["worker_missing", is_bound && worker === null && legacy_worker === null],
    ["manager_missing", is_bound && manager === null && legacy_manager === null && worker !== null],
    ["worker_gone", is_bound && worker?.["state"] === "gone"],
    ["manager_gone", is_bound && manager?.["state"] === "gone"],
  ];
  return checks.filter(([, holds]) => holds).map(([name]) => name);
}
