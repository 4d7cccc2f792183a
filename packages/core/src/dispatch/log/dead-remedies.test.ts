import { allOperations } from "@conveyor/contracts";
import { DISPATCH_ERROR_CODES } from "@conveyor/contracts/dispatch/entities";
import { DISPATCHABLE_COMMANDS } from "@conveyor/contracts/dispatch/words";
import { describe, expect, it } from "vitest";
import { remedyFor } from "./dead-remedies.ts";

const program = { program: "conveyor", ledger_path: "/l.db" };
/** What a command never ends with for good, or what nobody needs to mend. */
const NEVER_DEAD = [
  "pane_not_ready",
  "composer_not_empty",
  "pane_busy",
  "pane_synchronized",
  "agent_gone",
  "cancelled",
];
const REASONS = [
  ...DISPATCH_ERROR_CODES.filter((code) => !NEVER_DEAD.includes(code)),
  ...["stale_requested_iteration", "max_iterations_reached", "loop_closed", "missing_required_evidence"],
  ...["missing_ci_green_evidence", "non_sequential_iteration", "iteration_already_pending"],
  "conflict_retry_limit_reached",
];

describe("what helps against a dead message", () => {
  it.each(REASONS)("is known for %s", (reason) => {
    expect(remedyFor(reason)).not.toBe(remedyFor("something new"));
  });

  it.each(REASONS)("names for %s only commands and flags that exist", (reason) => {
    for (const type of DISPATCHABLE_COMMANDS) {
      const result = { run_id: "run-1", current_iteration: 1 };
      for (const line of remedyFor(reason).fix({ id: "command-1", type, task: "auth", result }, program)) {
        const [, command] = line.split(" ");
        const forms = allOperations().filter(({ cli }) => cli.command === command);
        expect(forms.length, line).toBeGreaterThan(0);
        const known = forms.flatMap(({ cli, input }) => [...Object.keys(input.shape), cli.select ?? "path"]);
        const flags = [...line.matchAll(/ --([a-z-]+)/g)].map(([, flag]) => flag?.replaceAll("-", "_"));
        expect([...known, "path"], line).toEqual(expect.arrayContaining(flags));
      }
    }
  });

  it("asks for the iteration that comes next when one was skipped", () => {
    const result = { run_id: "run-1", current_iteration: 0 };
    const message = { id: "command-1", type: "continue_iteration", task: "auth", result };
    expect(remedyFor("non_sequential_iteration").fix(message, program)).toEqual([
      "conveyor enqueue-continue-iteration 'auth' --loop-run 'run-1' --requested-iteration 2 --message <message> --path '/l.db'",
    ]);
    expect(remedyFor("non_sequential_iteration").fix({ ...message, result: {} }, program)).toEqual([]);
  });
});
