import { z } from "zod";
import { filePath, freeText, jsonPayload, listOf, newName, printable, rowId } from "../bounds.ts";
import { count, jsonObject, timestamp } from "../common.ts";
import { content } from "../content.ts";
import { cli } from "../operation.ts";
import { CHECK_AUTHORS, CHECK_KINDS, CHECK_RUN_STATES, CHECK_TRIGGERS } from "./words.ts";

const DAY_SECONDS = 86_400;
const MOST_REPEATS = 100;

export const projectRoot = cli(filePath, { path: true, placeholder: "dir", flag: "root" }).describe(
  "the project whose files are meant; default: the folder of the task's worker",
);
export const checkArgument = cli(rowId, { position: 0, placeholder: "check" }).describe("number of the check");
export const pathPattern = printable(1_000);

/** What a new check and a changed one take alike; each may be left out of a change. */
export const checkFields = {
  argv: cli(listOf(freeText), { rest: [], placeholder: "argv" }).describe(
    "the command of the check, behind `--`: words, no shell",
  ),
  spec: cli(jsonPayload, { flag: "spec-json", json: true, placeholder: "json" }).describe(
    "what the check looks at, as one JSON object; see the notes",
  ),
  cwd: cli(filePath, { placeholder: "dir" }).describe(
    "folder that the command starts in, relative to the project's root",
  ),
  covers: listOf(pathPattern).describe("only changes of files that fit this pattern turn it stale; default: all files"),
  guards: cli(listOf(pathPattern), { flag: "guard" }).describe(
    "files whose change after the acceptance makes the check itself doubtful: tests, scripts, build settings",
  ),
  timeout_seconds: cli(z.int().min(1).max(DAY_SECONDS), { flag: "timeout", placeholder: "seconds" }).describe(
    "how long one run may take",
  ),
  network: z.boolean().describe("let it reach the network"),
  sandbox: z.enum(["auto", "required", "none"]).describe("in a sandbox where one works, only in one, or without"),
  isolated: z.boolean().describe("run it on a fresh copy of the commit, without ignored and uncommitted files"),
  repeat: z.int().min(1).max(MOST_REPEATS).describe("how many runs have to pass, one after the other"),
  expect_exit: z.int().min(0).max(255).describe("exit code with which the command passes; default 0"),
  expect_stdout: freeText.describe("regular expression (RE2) that what it prints has to fit"),
  reject_stdout: freeText.describe(
    "regular expression (RE2) that what it prints must not fit; what prints too much to be looked through does not pass",
  ),
  env: listOf(freeText).describe("variable for the command, NAME=VALUE; no secrets"),
  env_pass: cli(listOf(printable(200)), { flag: "pass-env", placeholder: "name" }).describe(
    "name of a variable of yours that the command gets",
  ),
  setup: cli(listOf(freeText), { flag: "setup", placeholder: "word" }).describe(
    "what is run first in the fresh copy of an isolated run, one word of the command each time; `proof.setup` of the configuration otherwise",
  ),
};

export const checkName = newName(120).describe("name of the check, unique for its criterion");

export const criterionCheck = z.object({
  id: z.int(),
  criterion_id: z.int(),
  name: z.string(),
  kind: z.enum(CHECK_KINDS),
  spec: jsonObject.describe("what it looks at"),
  command: z.string().nullable().describe("the command as a shell would read it; null for other kinds"),
  covers: z.array(z.string()),
  guards: z.array(z.string()),
  timeout_seconds: z.int(),
  network: z.boolean(),
  sandbox: z.enum(["auto", "required", "none"]),
  isolated: z.boolean(),
  repeat: z.int(),
  created_by: z.enum(CHECK_AUTHORS),
  accepted_by: z.enum(["manager", "operator"]).nullable().describe("null: it is proposed and proves nothing"),
  revision: z.int().describe("grows with every change of what it does"),
  created_at: timestamp,
});
export type Check = z.infer<typeof criterionCheck>;

/** The state of the files that a run looked at (spec 09 §9.2). */
export const subject = z.object({
  tree: z.string().describe("hash of all files, as git names it"),
  commit: z.string().nullable(),
  dirty: z.boolean().nullable().describe("whether the files differ from the commit"),
  root: z.string(),
  covers_hash: z.string().describe("hash of the files that the check covers"),
  files: count.describe("how many these are"),
});
export type Subject = z.infer<typeof subject>;

export const checkRun = z.object({
  id: z.int(),
  seq: z.int(),
  check_id: z.int(),
  check_revision: z.int(),
  isolated: z.boolean(),
  subject,
  trigger: z.enum(CHECK_TRIGGERS),
  state: z.enum(CHECK_RUN_STATES),
  reason: z.string().nullable().describe("why it did not pass"),
  started_at: timestamp,
  ended_at: timestamp.nullable(),
  duration_ms: z.int().nullable(),
  exit_code: z.int().nullable(),
  output_sha256: z.string().nullable(),
  output_bytes: z.int().nullable(),
  output_tail: content(z.string().nullable().optional()).describe("the end of what it printed, when it was asked for"),
  output_tail_redacted: z.literal(true).optional(),
  output_tail_byte_count: z.int().optional(),
  output_tail_line_count: z.int().optional(),
  side_effects: z.object({ changed_files: z.array(z.string()) }).describe("files that were changed while it ran"),
  sandbox: z.enum(["bubblewrap", "sandbox-exec", "none"]).describe("what kept it in its place"),
  sandbox_problem: z.string().nullable().describe("why there was no sandbox although one was wanted"),
  artifacts: z
    .array(z.object({ path: z.string(), sha256: z.string(), bytes: z.int() }))
    .describe("files that it looked at beside what it covers"),
  loop_run_id: z.string().nullable().describe("the loop that it was run for"),
  loop_iteration: z.int().nullable(),
  note: z.string().nullable().describe("what a person said who answered it"),
  runner: z.object({ host_id: z.string(), version: z.string(), platform: z.string() }),
  actor: z.enum(CHECK_AUTHORS),
});
export type CheckRun = z.infer<typeof checkRun>;

/** A run without what it printed, for who did not ask for that. */
export const silentRun = checkRun.omit({
  output_tail: true,
  output_tail_redacted: true,
  output_tail_byte_count: true,
  output_tail_line_count: true,
});
