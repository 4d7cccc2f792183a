import type { Sentence, Told } from "./facts.ts";

const SEND: Record<Told["role"], Sentence> = {
  worker: ({ facts }) =>
    `before you enqueue the report with enqueue-notify-manager print CONVEYOR SEND with the target manager ${facts.manager}, the result, changed files, commands, evidence, residual risk and the exact command`,
  manager: ({ facts }) =>
    `before you enqueue work for the worker, or a wake, print CONVEYOR SEND with the target worker ${facts.worker}, a summary of the task, the evidence you require and the exact command`,
};

/** The steps, in the order in which they are numbered. */
const STEPS: readonly Sentence[] = [
  ({ role, facts }) =>
    `before you poll print CONVEYOR POLL with role (${role}), task (${facts.task}) and the command you are about to run`,
  () => "when nothing was consumed print one short CONVEYOR IDLE line and stop",
  () =>
    "when something was consumed, before you act print CONVEYOR RECEIVED with command id, correlation id, source role and a short summary of the instruction",
  ({ commands, role }) =>
    `at once record its receipt: ${commands.acknowledge(role, "received")} with one JSON object on standard input, such as {"summary":"…"}; after the bounded action, for the same notification, ${commands.acknowledge(role, "accepted")} or ${commands.acknowledge(role, "blocked")}`,
  () =>
    "while you work print WORK before and after meaningful commands and decisions, with the files you looked at and the evidence",
  (told) => SEND[told.role](told),
  () =>
    "after the bounded Dispatch run or the delivery receipt print DISPATCH with the number processed and their state, or the exact blocker",
  () =>
    "repeat in your final answer: command id, notification id, ack status, action, files changed (or none), commands run, result of the send, result of Dispatch, next state",
];

/** What a session prints while it works, so that people who watch it can follow (spec 06 §6.3). Pure. */
export const visibleProtocol: Sentence = (told) =>
  [
    "Visible session protocol. These sections are live output in this very session, not a replay written later:",
    ...STEPS.map((step, index) => `${index + 1}. ${step(told)}`),
  ].join("\n");
