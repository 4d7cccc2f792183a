import { commandLine, type Program, slot } from "../../shared/command-line.ts";

/** How a loop is made, asked for its next iteration and let through by hand. */
export function loopReplay(
  program: Program,
  loop: { template?: string; required?: readonly string[]; max_iterations: number },
): string[] {
  const { template, required, max_iterations } = loop;
  const task = slot("task");
  return [
    commandLine(program, ["create-disposable-binding", task], {
      goal: slot("goal"),
      template,
      required_before_continue: required,
      max_iterations,
      run_name: slot("run"),
      json: true,
    }),
    ...askAndDispatch(program),
    commandLine(program, ["loop-evidence add", task], {
      loop_run: slot("run"),
      iteration: 1,
      evidence_type: slot("type"),
      metadata_json: slot("json"),
    }),
    commandLine(program, ["loop-evidence adversarial-check", task], {
      loop_run: slot("run"),
      iteration: 1,
      failure_mode: slot("text"),
      check: slot("text"),
      result: slot("text"),
    }),
    ...askAndDispatch(program),
    commandLine(program, ["worker-inbox", task], { json: true }),
  ];
}

/** Ask for iteration 2 and let Dispatch decide. */
export function askAndDispatch(program: Program): string[] {
  return [
    commandLine(program, ["enqueue-continue-iteration", slot("task")], {
      loop_run: slot("run"),
      requested_iteration: 2,
      message: slot("text"),
      json: true,
    }),
    commandLine(program, ["dispatch"], { once: true, type: "continue_iteration", json: true }),
  ];
}
