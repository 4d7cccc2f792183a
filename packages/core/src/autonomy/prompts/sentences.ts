import type { Sentence } from "./facts.ts";

/** A text of somebody else's: on one line and in quotes, so that it cannot pass for a line of the prompt. */
const asData = (text: string) => JSON.stringify(text);

/** What prompts are made of: each sentence says one thing, and stands here once (spec 06 §6.3). */
export const SENTENCES = {
  role_heartbeat: ({ role, facts }) =>
    `This is the role heartbeat of the ${role} ${facts[role]} for the Conveyor task ${facts.task}.`,
  worker_begins: ({ facts: { task, run, worker, manager } }) =>
    `You are the worker of the Conveyor task ${task}, in ${run === null ? "no loop run" : `the loop run ${run.name}`}. Your session is ${worker}, your manager's ${manager}.`,
  replacement_begins: ({ facts: { task, worker, manager } }) =>
    `You are the replacement worker of the Conveyor task ${task}, in a fresh thread. Your session is still ${worker}, your manager's ${manager}.`,
  why_rotated: ({ facts: { rotation } }) =>
    `The thread before you was replaced. Reason: ${asData(rotation?.reason ?? "a fresh context")}`,
  handoff: ({ facts: { rotation } }) => {
    if (rotation?.handoff == null) return "No handoff was required, and there is none.";
    const { id, summary, next_steps } = rotation.handoff;
    const steps = next_steps.length === 0 ? "none" : next_steps.map(asData).join(", ");
    return `Handoff #${id}, as the worker before you wrote it. Summary: ${asData(summary)} Next steps: ${steps}`;
  },
  resume_from_handoff: ({ facts: { rotation } }) =>
    `${rotation?.handoff == null ? "Go on" : "Resume from that handoff only, and"} through Conveyor only: never rely on the archived thread, and do not read it.`,

  beat: ({ role, commands }) =>
    `Run ${commands.heartbeat(role)} and read its output. With loop_closed true say so in one line, pass on what teardown advises, and stop.`,
  inbox_fallback: ({ role, commands }) =>
    `Read the inbox directly only if that output asks for it, which is when inbox.pending_count is above 0: ${commands.inbox(role)}`,
  poll_until_empty: ({ facts: { run } }) =>
    `Poll until the inbox is empty or max_iterations${run === null ? "" : ` (${run.max_iterations})`} is reached; consume the next item now, and treat each as your manager's next instruction.`,
  poll_with: ({ role, commands }) => `Poll with: ${commands.inbox(role)}`,

  stale_threads: ({ commands: { dispatch_wakeup, record_delivery } }) =>
    `A thread whose lease is not healthy is woken through ${dispatch_wakeup}: send only prompts with send_ready=true, then record what became of each action: ${record_delivery.sent}, ${record_delivery.skipped} or ${record_delivery.blocked}`,
  manager_duty: () =>
    "Execute only the consumed instruction. Verify the worker's claims before you record them, demand concrete evidence, bring Conveyor's state up to date, and produce exactly one next worker task.",
  instruct_with: ({ commands }) =>
    `Hand that task over, under a correlation id that you choose for it: ${commands.instruct}`,
  worker_duty: () => "Execute only that single instruction.",
  worker_result: () =>
    "Return the exact commands, compact evidence, blockers and residual risk, and exactly one recommended next task.",
  report_fields: () => "Report files, commands, evidence and residual risk.",
  durable_report: ({ commands }) =>
    `After you completed or blocked, and before your final answer, run exactly ${commands.report} with the correlation id of what you consumed, and then exactly ${commands.dispatch_once}`,
  answer_is_no_receipt: () =>
    "A final answer in this thread is neither a receipt nor a completion. If one of the two commands fails, that is the blocker, and the manager has not been notified.",

  idle: () =>
    "An idle poll is no completion and no reason to tear anything down: answer with one short line and stop. Never delete or pause a heartbeat after one.",
  teardown_is_not_yours: () => "Tear-down belongs to the manager or the operator, never to you.",
  needs_heartbeats: () =>
    'Running by itself needs a heartbeat layer that wakes this thread; without one report "manual-poll only".',
  own_close_out: () => "Keep your own close-out proof out of the worker's criteria.",
  close_out: ({ commands }) =>
    `When every accepted criterion is satisfied, deferred or rejected and nothing is next: record the terminal decision, run ${commands.close} and report that the heartbeats can be torn down. A task that is still managed after that is a control-plane blocker: report it.`,
} as const satisfies Record<string, Sentence>;

export type SentenceName = keyof typeof SENTENCES;
