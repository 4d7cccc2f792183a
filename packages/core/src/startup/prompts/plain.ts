import type { Settings } from "../../ctx.ts";
import { commandLine, slot } from "../../shared/command-line.ts";
import { joined, section } from "./parts.ts";

type Program = Pick<Settings, "program" | "ledger_path">;

export interface PlainFacts {
  /** Name of the tmux session. */
  session: string;
  cwd: string;
}

/** Commands with which a plain agent becomes a supervised one; what only a person knows is left open (spec 01 §7.1). Pure. */
export function setUpTemplates(settings: Program, { session, cwd }: PlainFacts) {
  const task = slot("task");
  const worker = slot("worker");
  const manager = slot("manager");
  return {
    register_worker: commandLine(settings, ["register-worker"], {
      name: worker,
      pid: slot("pid"),
      cwd,
      tmux_session: session,
    }),
    create_task: commandLine(settings, ["tasks"], { create: task, goal: slot("goal") }),
    start_manager: commandLine(settings, ["start-manager"], {
      name: manager,
      cwd,
      task,
      task_goal: slot("goal"),
      worker,
    }),
    bind: commandLine(settings, ["bind"], { task, worker, manager }),
    open_manager: commandLine(settings, ["open-manager", task]),
    open_worker: commandLine(settings, ["open-worker", task]),
  };
}

/** The first prompt of an agent that is only started: what it is, and how it can come under supervision. Pure. */
export function plainPrompt(settings: Program, facts: PlainFacts): string {
  const templates = setUpTemplates(settings, facts);
  return joined([
    `You are a raw Conveyor worker candidate in the tmux session ${facts.session}, in ${facts.cwd}. You are not registered, and nobody supervises you.`,
    section("When the user wants you supervised, take these steps in this order", [
      `register yourself, with the pid of this agent: ${templates.register_worker}`,
      `create the task: ${templates.create_task}`,
      `start the manager: ${templates.start_manager}`,
      `bind the three: ${templates.bind}`,
      "before you edit anything, say in a few lines: the goal in your own words, what must be true in the end, how you will verify it, and what is unclear",
    ]),
    section("You need four words from the user for it: worker, manager, task, goal", [
      "Never make one up. Ask for what is missing.",
    ]),
    section("When the user wants to see a terminal", [
      `the manager's: ${templates.open_manager}`,
      `yours: ${templates.open_worker}`,
    ]),
    "Until then do nothing of this; answer in one short line that you are ready.",
  ]);
}
