import { join } from "node:path";
import type { Input, Output } from "@conveyor/contracts";
import { asConveyorError } from "@conveyor/contracts/errors";
import { attachCommand } from "@conveyor/contracts/terminal-commands";
import { makeFolder, replaceFile } from "@conveyor/files";
import type { Ctx } from "../ctx.ts";
import { beginCommand, endCommand } from "../shared/immediate-command.ts";
import { starterOf } from "../shared/starter.ts";
import { textSize } from "../shared/text-size.ts";
import { assertNoTmuxSession, checkMachine } from "./preflight.ts";
import { plainPrompt, setUpTemplates } from "./prompts/plain.ts";
import { startTerminal } from "./spawn-session.ts";

/**
 * Start a plain agent in a tmux session of exactly this name; it is not registered (spec 01 §7.1). Its prompt also lies in
 * `artifacts/start-prompts` under the state root. Throws `tool_missing`, `host_denied`, `invalid_input`, `conflict`.
 */
export async function start(ctx: Ctx, input: Input<"startup.start">): Promise<Output<"startup.start">> {
  const { session, codex_args } = input;
  const { agent, program, cwd } = await checkMachine(ctx, ctx.agents.standard, input.cwd);
  await assertNoTmuxSession(ctx, session);
  const prompt = input.no_start_prompt ? null : plainPrompt(ctx.settings, { session, cwd });
  const start_prompt_path = prompt === null ? null : writePrompt(ctx, session, prompt);
  const command = await ctx.store.write((tx) =>
    beginCommand(ctx, tx, {
      type: "start_session",
      task_id: null,
      payload: {
        codex_arg_count: codex_args.length,
        cwd,
        prompt_bytes: prompt === null ? 0 : textSize(prompt).bytes,
        ...starterOf(ctx),
        tmux_session: session,
        via: "start",
      },
    }),
  );
  const argv = agent.launch.plainArgv({ program, cwd, args: codex_args, prompt });
  try {
    const { pid, pane_id } = await startTerminal(ctx, agent, { session, cwd, argv });
    await ctx.store.write((tx) => endCommand(tx, command, { state: "succeeded", result: { pid, pane_id } }));
  } catch (thrown) {
    const { message, code } = asConveyorError(thrown);
    await ctx.store.write((tx) =>
      endCommand(tx, command, { state: "failed", result: { error_code: code }, error: message }),
    );
    throw thrown;
  }
  const templates = setUpTemplates(ctx.settings, { session, cwd });
  return {
    session,
    cwd,
    attach_command: attachCommand(session),
    start_prompt_path,
    start_prompt_sent: prompt !== null,
    register_worker_command_template: templates.register_worker,
    start_manager_command_template: templates.start_manager,
    bind_command_template: templates.bind,
    // Nothing prints set-up questions yet.
    manager_config_questions_command_template: null,
  };
}

function writePrompt(ctx: Ctx, session: string, prompt: string): string {
  const folder = join(ctx.settings.state_root, "artifacts", "start-prompts");
  makeFolder(folder);
  const path = join(folder, `${session}.md`);
  replaceFile(path, `${prompt}\n`);
  return path;
}
