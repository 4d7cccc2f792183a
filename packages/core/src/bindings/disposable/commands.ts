import type { Input } from "@conveyor/contracts";
import type { Settings } from "../../ctx.ts";
import { commandLine } from "../../shared/command-line.ts";

type Program = Pick<Settings, "program" | "ledger_path">;
export type DisposableInput = Input<"bindings.createDisposable">;

interface RunFacts {
  name: string;
  current_iteration: number;
}

/** The same set-up again, and the first steps of the loop or of the conversation (spec 01 §6.11). */
export function replayCommands(
  program: Program,
  input: Required<Names> & DisposableInput,
  run: RunFacts | null,
): string[] {
  const { task } = input;
  if (run === null) {
    return [
      recreateCommand(program, input, null),
      commandLine(program, ["worker-inbox", task], { wait: true, json: true }),
      commandLine(program, ["manager-inbox", task], { wait: true, json: true }),
    ];
  }
  return [
    recreateCommand(program, input, run),
    commandLine(program, ["enqueue-continue-iteration", task], {
      loop_run: run.name,
      requested_iteration: run.current_iteration + 1,
      message: "continue with the next iteration",
      json: true,
    }),
    commandLine(program, ["dispatch"], { once: true, type: "continue_iteration", json: true }),
    commandLine(program, ["worker-inbox", task], { consume_next: true, wait: true, json: true }),
    commandLine(program, ["app-loop-status", task], { json: true }),
  ];
}

/** The names that are in effect, given or not. */
interface Names {
  worker: string;
  manager: string;
  goal: string;
}

function recreateCommand(program: Program, input: Required<Names> & DisposableInput, run: RunFacts | null): string {
  return commandLine(program, ["create-disposable-binding", input.task], {
    goal: input.goal,
    summary: input.summary,
    worker: input.worker,
    manager: input.manager,
    worker_codex_app_thread_id: input.worker_codex_app_thread_id,
    worker_codex_app_thread_title: input.worker_codex_app_thread_title,
    manager_codex_app_thread_id: input.manager_codex_app_thread_id,
    manager_codex_app_thread_title: input.manager_codex_app_thread_title,
    session_dir: input.session_dir,
    cwd: input.cwd,
    ...(run !== null && {
      template: input.template,
      required_before_continue: input.required_before_continue,
      adversarial: input.adversarial,
      max_iterations: input.max_iterations,
      current_iteration: input.current_iteration,
      cleanup_policy: input.cleanup_policy,
      run_name: input.run_name,
      seed_prompt_sha256: input.seed_prompt_sha256,
    }),
  });
}
