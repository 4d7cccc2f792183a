import type {
  AutomationSpec,
  AutomationState,
  AutopilotPlan,
  AutopilotReadiness,
  PairStatus,
  Role,
} from "@conveyor/contracts";
import { leaseReason } from "../pair-status.ts";

const ROLES = ["manager", "worker"] as const satisfies readonly Role[];

/** What says whether a pair goes on by itself. */
export interface ReadinessFacts {
  desired_state: AutopilotPlan["desired_state"];
  dispatcher_id: string;
  status: PairStatus;
  specs: readonly Pick<AutomationSpec, "role" | "can_create" | "blocker">[];
  missing_roles: AutomationState["missing_roles"];
}

/** What is missing before a pair goes on by itself, in the order of spec 06 §6.2 ("Readiness blockers"). Pure. */
export function readinessOf(facts: ReadinessFacts): AutopilotReadiness {
  const { desired_state, dispatcher_id, status, specs, missing_roles } = facts;
  const { dispatch } = status;
  const isActive = desired_state === "active";
  const found: [code: AutopilotReadiness["blocker_codes"][number], text: string][] = [];
  if (!isActive) {
    found.push(["policy_not_active", `the autopilot is ${desired_state} for the dispatcher ${dispatcher_id}`]);
  }
  if (dispatch.state !== "healthy") {
    found.push(["dispatcher_not_healthy", `dispatcher ${dispatch.dispatcher_id}: lease ${dispatch.state}`]);
  }
  for (const role of ROLES) {
    if (status[role].lease.state === "healthy") continue;
    found.push([`${role}_lease_not_healthy`, leaseReason(role, status[role])]);
  }
  if (isActive) {
    for (const { role, can_create, blocker } of specs) {
      if (!can_create) found.push([`${role}_automation_not_creatable`, `${role} automation: ${blocker}`]);
    }
    for (const role of missing_roles) {
      found.push([
        `${role}_automation_not_recorded`,
        `${role} automation not recorded since the autopilot was started`,
      ]);
    }
  }
  const autonomous_ready = isActive && found.length === 0;
  return {
    state: autonomous_ready ? "autonomous_ready" : isActive ? "setup_required" : "not_active",
    autonomous_ready,
    policy_started: isActive,
    dispatcher_ready: dispatch.state === "healthy",
    roles_ready: {
      manager: status.manager.lease.state === "healthy",
      worker: status.worker.lease.state === "healthy",
    },
    blockers: found.map(([, text]) => text),
    blocker_codes: found.map(([code]) => code),
  };
}
