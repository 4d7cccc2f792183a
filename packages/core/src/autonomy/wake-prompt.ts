import type { PairStatus } from "@conveyor/contracts";
import type { Program } from "../shared/command-line.ts";
import { promptText } from "./prompts.ts";
import type { WakePrompt } from "./wakeups.ts";

/** How the roles of this pair are woken; `dispatcher_id` is the dispatcher that was asked for, or null. Pure. */
export function wakePrompt(program: Program, status: PairStatus, dispatcher_id: string | null): WakePrompt {
  const { task, manager, worker } = status;
  const facts = { task: task.name, manager: manager.name, worker: worker.name, run: null, dispatcher_id };
  return (role) => promptText(`wake_${role}`, program, facts);
}
