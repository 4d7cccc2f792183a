import { posix } from "node:path";
import { ARTIFACT_TYPES, type ArtifactType, type CheckKind } from "@conveyor/contracts/checks/words";
import { ConveyorError } from "@conveyor/contracts/errors";
import { isVariableName } from "@conveyor/host";
import { maskSecrets } from "@conveyor/store";
import { RE2JS } from "re2js";
import { type ArtifactRule, artifactRule } from "./artifact-rules.ts";

/** What a command check runs, and when it passes (spec 09 §9.2). */
export interface CommandCheck {
  argv: string[];
  cwd: string;
  env: Record<string, string>;
  env_pass: string[];
  expect_exit: number;
  expect_stdout: string | null;
  reject_stdout: string | null;
  /** Run first in the fresh copy of an isolated run, as `npm ci`; empty: nothing. */
  setup?: string[];
}

export interface FileSpec {
  path: string;
  exists: boolean;
  min_bytes: number | null;
  sha256: string | null;
  contains: string | null;
}

export interface RepoSpec {
  clean: boolean | null;
  branch: string | null;
  pushed: boolean | null;
  /** A branch or commit that this one contains and goes beyond. */
  ahead_of?: string | null;
  merged_into: string | null;
}

export interface ArtifactSpec {
  path: string;
  type: ArtifactType;
  rule: ArtifactRule;
}

export interface DiffSpec {
  /** The commit that the files are compared with. */
  base: string;
  max_files: number | null;
  /** Patterns of what may be changed; empty: everything. */
  allow: string[];
  deny: string[];
}

export interface HumanSpec {
  question: string;
}

export type CheckSpec =
  | ({ kind: "command" } & CommandCheck)
  | ({ kind: "file" } & FileSpec)
  | ({ kind: "repo" } & RepoSpec)
  | ({ kind: "artifact" } & ArtifactSpec)
  | ({ kind: "diff" } & DiffSpec)
  | ({ kind: "human" } & HumanSpec);

/** What the command line says of a command beside the words. */
export interface CommandFlags {
  argv: readonly string[];
  cwd?: string | undefined;
  expect_exit?: number | undefined;
  expect_stdout?: string | undefined;
  reject_stdout?: string | undefined;
  env?: readonly string[] | undefined;
  env_pass?: readonly string[] | undefined;
  setup?: readonly string[] | undefined;
}

type Field = "text" | "boolean" | "number" | "list" | "texts" | "object";

/** The fields of each kind, whether they must be there, and what they are when they are not. */
const FIELDS: Readonly<Record<CheckKind, Readonly<Record<string, { is: Field; otherwise?: unknown }>>>> = {
  command: {
    argv: { is: "list" },
    cwd: { is: "text", otherwise: "." },
    env: { is: "texts", otherwise: {} },
    env_pass: { is: "list", otherwise: [] },
    expect_exit: { is: "number", otherwise: 0 },
    expect_stdout: { is: "text", otherwise: null },
    reject_stdout: { is: "text", otherwise: null },
    setup: { is: "list", otherwise: [] },
  },
  file: {
    path: { is: "text" },
    exists: { is: "boolean", otherwise: true },
    min_bytes: { is: "number", otherwise: null },
    sha256: { is: "text", otherwise: null },
    contains: { is: "text", otherwise: null },
  },
  repo: {
    clean: { is: "boolean", otherwise: null },
    branch: { is: "text", otherwise: null },
    pushed: { is: "boolean", otherwise: null },
    ahead_of: { is: "text", otherwise: null },
    merged_into: { is: "text", otherwise: null },
  },
  artifact: {
    path: { is: "text" },
    type: { is: "text" },
    rule: { is: "object", otherwise: {} },
  },
  diff: {
    base: { is: "text", otherwise: "HEAD" },
    max_files: { is: "number", otherwise: null },
    allow: { is: "list", otherwise: [] },
    deny: { is: "list", otherwise: [] },
  },
  human: { question: { is: "text" } },
};

/** A field that may not be null even when it is given as null. */
const NEVER_NULL: ReadonlySet<string> = new Set(["argv", "path", "type", "rule", "base", "allow", "deny", "question"]);

const TESTS: Readonly<Record<Field, (value: unknown) => boolean>> = {
  text: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  number: (value) => Number.isInteger(value) && (value as number) >= 0,
  list: (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
  texts: (value) => TESTS.object(value) && Object.values(value as object).every(TESTS.text),
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

/** The object that the flags of a command describe, laid over an earlier one. Throws `invalid_input`. Pure. */
export function commandObject(flags: CommandFlags, before: Record<string, unknown> = {}): Record<string, unknown> {
  const [first = ""] = flags.argv;
  if (first.startsWith("-")) {
    throw new ConveyorError("usage", `${JSON.stringify(first)} is no flag of this command, and no program`, {
      hint: "put the command of the check behind --",
    });
  }
  const given = {
    argv: flags.argv.length > 0 ? [...flags.argv] : undefined,
    cwd: flags.cwd,
    expect_exit: flags.expect_exit,
    expect_stdout: flags.expect_stdout,
    reject_stdout: flags.reject_stdout,
    env: flags.env === undefined || flags.env.length === 0 ? undefined : Object.fromEntries(flags.env.map(variable)),
    env_pass: flags.env_pass === undefined || flags.env_pass.length === 0 ? undefined : [...flags.env_pass],
    setup: flags.setup === undefined || flags.setup.length === 0 ? undefined : [...flags.setup],
  };
  return { ...before, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
}

function variable(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new ConveyorError("invalid_input", "--env takes NAME=VALUE", {
    hint: "to hand on a variable of yours: --pass-env NAME",
  });
}

/**
 * A specification as it is stored, every field there. Throws `invalid_input` that names the field: unknown, missing, of
 * the wrong type, outside the project, a secret, or an expression that is none.
 */
export function checkSpec(kind: CheckKind, given: Readonly<Record<string, unknown>>): CheckSpec {
  const fields = FIELDS[kind];
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(fields, name));
  if (unknown !== undefined) {
    throw wrong(unknown, `a check of kind ${kind} has no such field; it has ${Object.keys(fields).join(", ")}`);
  }
  const whole: Record<string, unknown> = {};
  for (const [name, { is, otherwise }] of Object.entries(fields)) {
    const value = given[name] ?? otherwise;
    if (value === undefined) throw wrong(name, kind === "command" ? "say the command behind --" : "is needed");
    if (value === null && NEVER_NULL.has(name)) throw wrong(name, "is needed");
    if (value !== null && !TESTS[is](value)) throw wrong(name, `must be ${WORDS[is]}`);
    if (typeof value === "string" && value.includes("\0")) throw wrong(name, "must not contain NUL");
    whole[name] = value;
  }
  const spec = { kind, ...whole } as CheckSpec;
  assertSound(spec);
  return spec;
}

const WORDS: Readonly<Record<Field, string>> = {
  text: "a text",
  boolean: "true or false",
  number: "a whole number of at least 0",
  list: "a list of texts",
  texts: "an object of texts",
  object: "an object",
};

function assertSound(spec: CheckSpec): void {
  switch (spec.kind) {
    case "command":
      if ((spec.argv[0] ?? "").trim() === "") throw wrong("argv", "say the command behind --");
      if (spec.argv.some((word) => word.includes("\0"))) throw wrong("argv", "must not contain NUL");
      assertWithin("cwd", spec.cwd);
      for (const name of ["expect_stdout", "reject_stdout"] as const) assertExpression(name, spec[name]);
      for (const name of [...Object.keys(spec.env), ...spec.env_pass]) {
        if (!isVariableName(name)) throw wrong("env", `${JSON.stringify(name)} is no name of a variable`);
      }
      if (maskSecrets(spec.env) !== spec.env)
        throw wrong("env", "looks like a secret; hand it on with --pass-env NAME");
      for (const name of ["argv", "setup"] as const) {
        const words = spec[name] ?? [];
        if (maskSecrets(words) !== words) throw wrong(name, "holds what looks like a secret; use --pass-env NAME");
      }
      return;
    case "file":
      assertWithin("path", spec.path);
      if (spec.sha256 !== null && !/^[0-9a-f]{64}$/.test(spec.sha256))
        throw wrong("sha256", "must be 64 hexadecimal digits");
      return;
    case "repo": {
      const { kind: _kind, ...facts } = spec;
      if (Object.values(facts).every((fact) => fact === null)) throw wrong("spec", "names no fact that could be wrong");
      return;
    }
    case "artifact":
      assertWithin("path", spec.path);
      if (!ARTIFACT_TYPES.includes(spec.type)) throw wrong("type", `must be one of ${ARTIFACT_TYPES.join(", ")}`);
      spec.rule = artifactRule(spec.type, spec.rule as unknown as Record<string, unknown>, wrong);
      return;
    case "diff":
      if (spec.base.trim() === "") throw wrong("base", "name a commit");
      if (spec.max_files === null && spec.allow.length === 0 && spec.deny.length === 0)
        throw wrong("spec", "names no fact that could be wrong");
      return;
    case "human":
      if (spec.question.trim() === "") throw wrong("question", "say what somebody is to look at");
  }
}

/** A check looks at the project and at nothing above it. */
function assertWithin(field: string, path: string): void {
  const plain = posix.normalize(path);
  if (posix.isAbsolute(plain) || plain === ".." || plain.startsWith("../") || path === "") {
    throw wrong(field, "must lie within the project");
  }
}

function assertExpression(field: string, pattern: string | null): void {
  if (pattern === null) return;
  try {
    RE2JS.compile(pattern);
  } catch (error) {
    throw wrong(field, `is no regular expression (RE2): ${(error as Error).message}`);
  }
}

function wrong(field: string, problem: string): ConveyorError {
  return new ConveyorError("invalid_input", `${field}: ${problem}`, { details: { field } });
}
