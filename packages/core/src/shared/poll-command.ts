import type { Role } from "@conveyor/contracts";
import type { Settings } from "../ctx.ts";
import { commandLine, type Slot } from "./command-line.ts";

/** With which a role takes the next message of a task, waiting a minute for one (spec 01 §5.7). Pure. */
export function pollCommand(
  settings: Pick<Settings, "program" | "ledger_path">,
  task: string | Slot,
  role: Role,
): string {
  return commandLine(settings, [`${role}-inbox`, task], { consume_next: true, wait: true, timeout: 60, json: true });
}
