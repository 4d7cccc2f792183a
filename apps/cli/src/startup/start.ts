import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { lines } from "../print/text.ts";

function startText(started: Output<"startup.start">): string {
  return lines(
    `started codex in tmux session ${started.session}, in ${started.cwd}; it is not registered`,
    `attach: ${started.attach_command}`,
    started.start_prompt_path !== null && `prompt: ${started.start_prompt_path}`,
    `register: ${started.register_worker_command_template}`,
    `manager: ${started.start_manager_command_template}`,
    `bind: ${started.bind_command_template}`,
    started.manager_config_questions_command_template !== null &&
      `set-up questions: ${started.manager_config_questions_command_template}`,
  );
}

/** `start` (spec 01 §7.1). */
export const start = presents("startup.start", { text: startText });
