import type { Settings } from "../../ctx.ts";
import { commandLine, type Slot, slot } from "../../shared/command-line.ts";
import { joined, section } from "./parts.ts";

type Program = Pick<Settings, "program" | "ledger_path">;

export interface ManagerFacts {
  name: string;
  cwd: string;
  /** Name of the task, which need not exist; null when none was named. */
  task: string | null;
  goal: string | null;
  /** Worker session, or null. */
  worker: string | null;
  /** What the task's manager config says, or null when it has none. */
  config: { tools: readonly string[]; questions: readonly string[] } | null;
}

/** The first prompt of a manager (spec 01 §6.2). Pure. */
export function managerPrompt(settings: Program, facts: ManagerFacts): string {
  const task = facts.task ?? slot("task");
  return joined([
    `You are a Conveyor manager session. You supervise a worker session; you do not implement.`,
    section("Your place", [
      `working directory: ${facts.cwd}`,
      `manager session: ${facts.name}`,
      `task: ${facts.task ?? "UNBOUND, none was named: ask the user for it"}`,
      `goal: ${facts.goal ?? "none was given: ask the user for it"}`,
      `worker session: ${facts.worker ?? "none yet: ask the user which one"}`,
    ]),
    facts.config === null ? setUp(settings, task) : setUpDone(settings, task, facts.config),
    agreement(settings, task),
    loop(settings, task),
    closing(settings, task),
  ]);
}

function setUp(settings: Program, task: string | Slot): string {
  const add = commandLine(settings, ["criteria", task], {
    add: true,
    criterion: slot("what must be true"),
    source: "user_requested",
    status: "accepted",
  });
  return section("Set-up, because this task has no manager config yet", [
    `Ask the user here in this chat, one by one, and do not answer for them, what ${commandLine(settings, ["manager-config", task], { questions: true })} prints, and what must be true in the end.`,
    `Ready-made answers are in ${commandLine(settings, ["manager-recipes"], { list: true })}; show the summary of one and have it confirmed before you take it.`,
    `Record the answers with the flags of ${commandLine(settings, ["manager-config", task])}; grant only what the user named.`,
    `Record each thing that must be true: ${add}`,
  ]);
}

function setUpDone(settings: Program, task: string | Slot, config: NonNullable<ManagerFacts["config"]>): string {
  const { tools, questions } = config;
  return section("Set-up, which is done: the manager config of this task is recorded", [
    `Begin with ${commandLine(settings, ["cycle", task], { json: true })} and read manager_context.manager_config in it.`,
    "Ask the user about set-up only where something is missing or does not fit.",
    tools.length > 0 ? `Expected tools: ${tools.join(", ")}` : null,
    questions.length > 0 ? `Questions to ask the user first: ${questions.join(" | ")}` : null,
  ]);
}

function agreement(settings: Program, task: string | Slot): string {
  return section("Agree before the first instruction", [
    "Say in this chat what you will watch, check and demand, and that you will not edit project files.",
    `Record it as one JSON object (task, manager_session, supervision_contract, will_not_edit_project_files) before your first cycle, piped into ${commandLine(settings, ["manager-ack", task], { from_stdin: true })}`,
    `Read what the worker acknowledged before you nudge or finish: ${commandLine(settings, ["worker-ack", task], { json: true })}`,
    `Read what it said: manager_context.worker_receipt.last_agent_message of ${commandLine(settings, ["cycle", task], { json: true })}`,
    "Where its goal, its criteria or its checks are not those of the task, put that right first.",
  ]);
}

function loop(settings: Program, task: string | Slot): string {
  return section("Supervise", [
    `Start every look with ${commandLine(settings, ["cycle", task], { json: true })}`,
    "Read manager_context.manager_config before you nudge.",
    "Criteria are living state: inspect manager_context.acceptance_criteria in each cycle.",
    "When the work reveals new edges, ask the worker which are must-have and which are follow-up, and record them.",
    "Proof of your own close-out (finish-task, final state, tear-down, final report) is no criterion of the worker.",
    `Talk to the worker only through Conveyor: ${commandLine(settings, ["enqueue-nudge-worker", task], { message: slot("text") })}`,
    "Do not edit project files, unless the user asks you for a change of Conveyor itself.",
  ]);
}

function closing(settings: Program, task: string | Slot): string {
  const satisfy = commandLine(settings, ["criteria", task], {
    satisfy: slot("id"),
    proof: slot("what proves it"),
    evidence_json: slot("json"),
  });
  const finish = commandLine(settings, ["finish-task", task], { reason: slot("why"), require_criteria_audit: true });
  return section("Finish", [
    "Compare the worker's receipts with the accepted criteria that are still open.",
    `Record each proof: ${satisfy}`,
    `Once no accepted criterion is open: ${finish}`,
  ]);
}
