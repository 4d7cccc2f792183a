import type { PairStatus, Role, WakeAction, WakeSummary, Wakeup } from "@conveyor/contracts";
import { leaseReason } from "./pair-status.ts";

/** The text with which a role is woken. */
export type WakePrompt = (role: Role) => string;

/** The order in which roles are woken. */
const ROLES = ["manager", "worker"] as const satisfies readonly Role[];

/** The prompts that the roles need, also those that only a person can deliver (spec 06 §6.2). Pure. */
export function wakeups(status: PairStatus, prompt: WakePrompt): Wakeup[] {
  return ROLES.filter((role) => status[role].lease.state !== "healthy").map((role) => ({
    role,
    reason: leaseReason(role, status[role]),
    prompt: prompt(role),
    thread: threadOf(status, role),
  }));
}

/** What is to be done about each of the two roles (spec 06 §6.1, "Wake action"). Pure. */
export function wakeActions(status: PairStatus, prompt: WakePrompt): WakeAction[] {
  return ROLES.map((role) => {
    const common = { role, reason: leaseReason(role, status[role]), thread: threadOf(status, role) };
    if (status[role].lease.state === "healthy") {
      return { ...common, status: "skipped_healthy", send_ready: false, blocker: null, prompt: null };
    }
    if (common.thread.id === null) {
      const blocker = `no app thread id is registered for the ${role} ${status[role].name}: paste the prompt by hand, or register the thread first`;
      return { ...common, status: "blocked_missing_thread", send_ready: false, blocker, prompt: prompt(role) };
    }
    return { ...common, status: "ready_to_send", send_ready: true, blocker: null, prompt: prompt(role) };
  });
}

/** How many actions of each kind there are. Pure. */
export function wakeSummary(actions: readonly WakeAction[], dispatcher_required: boolean): WakeSummary {
  const count = (status: WakeAction["status"]) => actions.filter((action) => action.status === status).length;
  return {
    total_actions: actions.length,
    ready_to_send: count("ready_to_send"),
    skipped: count("skipped_healthy"),
    blocked: count("blocked_missing_thread"),
    dispatcher_required,
  };
}

function threadOf(status: PairStatus, role: Role): Wakeup["thread"] {
  const { codex_app_thread_id, codex_app_thread_title } = status[role];
  return { id: codex_app_thread_id, title: codex_app_thread_title };
}
