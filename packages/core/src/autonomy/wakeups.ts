import type { OpenWakeAction, PairStatus, Role, WakeAction, WakeSummary, Wakeup } from "@conveyor/contracts";
import { leaseCodeOf, leaseReason } from "./pair-status.ts";

/** The text with which a role is woken. */
export type WakePrompt = (role: Role) => string;

/** The order in which roles are woken. */
const ROLES = ["manager", "worker"] as const satisfies readonly Role[];

/** The prompts that the roles need, also those that only a person can deliver (spec 06 §6.2). Pure. */
export function wakeups(status: PairStatus, prompt: WakePrompt): Wakeup[] {
  return ROLES.filter((role) => status[role].lease.state !== "healthy").map((role) => ({
    role,
    reason: leaseReason(role, status[role]),
    reason_code: leaseCodeOf(status[role].lease),
    prompt: prompt(role),
    thread: threadOf(status, role),
  }));
}

/** How long a role that is to be woken is kept from a second prompt. */
export interface Reservations {
  /** Prompts that others prepared and of which nobody has said what became of them. */
  open: readonly OpenWakeAction[];
  /** Until when the prompts of this dispatch are reserved; null: not at all. */
  until: string | null;
}

/** What is to be done about each of the two roles (spec 06 §6.1, "Wake action", §6.12 item 2). Pure. */
export function wakeActions(status: PairStatus, prompt: WakePrompt, { open, until }: Reservations): WakeAction[] {
  return ROLES.map((role) => {
    const { lease } = status[role];
    const common = {
      role,
      reason: leaseReason(role, status[role]),
      reason_code: leaseCodeOf(lease),
      thread: threadOf(status, role),
      ...{ blocker: null, blocker_code: null, reserved_until: null, prompt: null, send_ready: false },
    };
    if (lease.state === "healthy") return { ...common, status: "skipped_healthy" };
    if (common.thread.id === null) {
      const blocker = `no app thread id is registered for the ${role} ${status[role].name}: paste the prompt by hand, or register the thread first`;
      return {
        ...common,
        status: "blocked_missing_thread",
        blocker,
        blocker_code: "missing_thread",
        prompt: prompt(role),
      };
    }
    const held = open.find((one) => one.role === role && !one.expired && one.thread_id === common.thread.id);
    if (held !== undefined) {
      const blocker = `the prompt of ${held.dispatch_receipt} is under way until ${held.reserved_until}: record what became of it first`;
      return {
        ...common,
        status: "skipped_reserved",
        blocker,
        blocker_code: "reserved",
        reserved_until: held.reserved_until,
      };
    }
    return { ...common, status: "ready_to_send", send_ready: true, prompt: prompt(role), reserved_until: until };
  });
}

/** How many actions of each kind there are. Pure. */
export function wakeSummary(actions: readonly WakeAction[], dispatcher_required: boolean): WakeSummary {
  const count = (status: WakeAction["status"]) => actions.filter((action) => action.status === status).length;
  return {
    total_actions: actions.length,
    ready_to_send: count("ready_to_send"),
    skipped: count("skipped_healthy") + count("skipped_reserved"),
    blocked: count("blocked_missing_thread"),
    dispatcher_required,
  };
}

function threadOf(status: PairStatus, role: Role): Wakeup["thread"] {
  const { codex_app_thread_id, codex_app_thread_title } = status[role];
  return { id: codex_app_thread_id, title: codex_app_thread_title };
}
