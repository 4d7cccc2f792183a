import { z } from "zod";
import { rowId } from "../bounds.ts";
import { taskArgument } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { checkFields, checkName, criterionCheck, projectRoot } from "./entities.ts";
import { CHECK_KINDS } from "./words.ts";

export const SPEC_NOTES = `The command stands behind --, word by word: no shell reads it. Other kinds take --spec-json:
file '{"path":"dist/app.js","exists":true,"min_bytes":1,"sha256":null,"contains":null}';
repo any of '{"clean":true,"branch":"main","pushed":true,"ahead_of":"main","merged_into":"main"}';
artifact '{"path":"report.xml","type":"junit","rule":{"min_tests":10,"must_contain":["parses"]}}', of type coverage
(lcov, Cobertura) '{"min":0.8}', json '{"pointer":"/ok","equals":true}', image '{"min_width":800,"format":"png"}';
diff '{"base":"main","max_files":20,"allow":["src/**"],"deny":["**/*.lock"]}', by default against the present commit;
human '{"question":"does it look right?"}', which a person answers with checks answer.`;

/** `checks add` (spec 09 §9.4). */
export const add = operation({
  path: "checks.add",
  kind: "mutation",
  summary: "Say how a criterion would be disproved; what a worker adds is proposed until it is accepted",
  ledger: "write",
  refuses: [...BY_NAME, "conflict", "tool_missing", "timeout", "side_effect_failed"],
  cli: {
    command: "checks",
    place: 10,
    action: "add",
    prints: "json",
    notes: SPEC_NOTES,
    examples: ["checks add auth --criterion 1 --name tests --guard test --guard package.json -- npm test"],
  },
  input: z.object({
    task: taskArgument,
    criterion_id: cli(rowId, { flag: "criterion", placeholder: "id" }).describe("the criterion that it would disprove"),
    name: checkName,
    kind: z.enum(CHECK_KINDS).default("command").describe("what it looks at"),
    argv: checkFields.argv.default([]),
    spec: checkFields.spec.optional(),
    cwd: checkFields.cwd.optional(),
    covers: checkFields.covers.default([]),
    guards: checkFields.guards.default([]),
    timeout_seconds: checkFields.timeout_seconds.default(600),
    network: checkFields.network.default(false),
    sandbox: checkFields.sandbox.default("auto"),
    isolated: checkFields.isolated.default(false),
    repeat: checkFields.repeat.default(1),
    expect_exit: checkFields.expect_exit.optional(),
    expect_stdout: checkFields.expect_stdout.optional(),
    reject_stdout: checkFields.reject_stdout.optional(),
    env: checkFields.env.default([]),
    env_pass: checkFields.env_pass.default([]),
    setup: checkFields.setup.default([]),
    root: projectRoot.optional(),
  }),
  output: z.object({ check: criterionCheck }),
});
