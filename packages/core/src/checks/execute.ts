import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asConveyorError } from "@conveyor/contracts/errors";
import { privatePaths, type RunResult, run, runEnvironment, stateFolder, type Tree } from "@conveyor/host";
import type { Ctx } from "../ctx.ts";
import { artifactVerdict, type SeenArtifact } from "./artifact.ts";
import { type CheckRow, specOf } from "./check.ts";
import type { CommandCheck } from "./definition.ts";
import { diffVerdict } from "./diff.ts";
import { isolatedCopy } from "./isolated.ts";
import { commandVerdict, fileVerdict, repoVerdict, type Verdict } from "./verdict.ts";

/** What one execution of a check came to, before the files are looked at again. */
export interface Execution {
  verdict: Verdict;
  /** The last run of the command; null for what runs none. */
  result: RunResult | null;
  artifacts: SeenArtifact[];
}

/** What else a check depends on than the files. */
export interface ExecutionFacts {
  /** When the command before it began, whose artifact it looks at; null without one. */
  artifact_since_ms: number | null;
}

const withoutRun = (verdict: Verdict, artifacts: SeenArtifact[] = []): Execution => ({
  verdict,
  result: null,
  artifacts,
});

/**
 * Do what a check says, on these files. Never throws for what the check does: what cannot be run is `error`, which does not
 * pass (spec 09 §9.1, principle c).
 */
export async function executeCheck(
  ctx: Ctx,
  row: CheckRow,
  tree: Tree,
  { artifact_since_ms }: ExecutionFacts = { artifact_since_ms: null },
): Promise<Execution> {
  const spec = specOf(row);
  try {
    switch (spec.kind) {
      case "file":
        return withoutRun(await fileVerdict(tree.root, spec));
      case "repo":
        return withoutRun(await repoVerdict(tree, spec, ctx.host.env));
      case "diff":
        return withoutRun(await diffVerdict(tree, spec, ctx.host.env));
      case "artifact": {
        const { verdict, artifact } = await artifactVerdict(tree.root, spec, artifact_since_ms);
        return withoutRun(verdict, artifact === null ? [] : [artifact]);
      }
      case "human":
        return withoutRun({ state: "error", reason: "a person answers it: `conveyor checks answer`" });
      case "command":
        return await executeCommand(ctx, row, spec, tree);
      default:
        return withoutRun({ state: "error", reason: "this version does not know such a check" });
    }
  } catch (error) {
    const { code, message } = asConveyorError(error);
    const state = code === "interrupted" ? "cancelled" : "error";
    return withoutRun({ state, reason: message });
  }
}

async function executeCommand(ctx: Ctx, row: CheckRow, spec: CommandCheck, tree: Tree): Promise<Execution> {
  if (!row.isolated) return repeated(ctx, row, spec, tree.root);
  const copy = await isolatedCopy(tree, ctx.host.env, ctx.signal);
  if (typeof copy === "string") return withoutRun({ state: "error", reason: copy });
  try {
    const setup = spec.setup ?? [];
    if (setup.length > 0) {
      // The set-up is no check: it may fetch what the check then has to do without.
      const prepared = { ...spec, argv: setup, cwd: ".", expect_exit: 0, expect_stdout: null, reject_stdout: null };
      const result = await runOnce(ctx, { ...row, network: true }, prepared, copy.root);
      const verdict = commandVerdict(prepared, result);
      if (verdict.state !== "passed") {
        const state = verdict.state === "cancelled" ? "cancelled" : "error";
        return { verdict: { state, reason: `the set-up of the copy: ${verdict.reason}` }, result, artifacts: [] };
      }
    }
    return await repeated(ctx, row, spec, copy.root);
  } finally {
    copy.dispose();
  }
}

/** All runs have to pass: what passes now and then proves nothing. */
async function repeated(ctx: Ctx, row: CheckRow, spec: CommandCheck, root: string): Promise<Execution> {
  let last: Execution | undefined;
  for (let time = 1; time <= row.repeat; time += 1) {
    const result = await runOnce(ctx, row, spec, root);
    const verdict = commandVerdict(spec, result);
    const which = row.repeat === 1 || verdict.reason === null ? "" : ` in run ${time} of ${row.repeat}`;
    last = { verdict: { ...verdict, reason: verdict.reason && `${verdict.reason}${which}` }, result, artifacts: [] };
    if (verdict.state !== "passed") return last;
  }
  return last ?? withoutRun({ state: "error", reason: "it was to run not once" });
}

async function runOnce(
  { host, settings, signal }: Ctx,
  row: CheckRow,
  spec: CommandCheck,
  root: string,
): Promise<RunResult> {
  const own = realpathSync(mkdtempSync(join(tmpdir(), "conveyor-check-")));
  try {
    return await run({
      argv: spec.argv,
      env: runEnvironment(host.env, { pass: spec.env_pass, set: spec.env, tmpdir: own }),
      time_limit_ms: row.timeout_seconds * 1_000,
      sandbox: row.sandbox as "auto" | "required" | "none",
      confinement: {
        writable: [root, own],
        // What a check finds empty: the ledger's folder, what this account keeps, credentials, records of agents.
        hidden: [settings.state_root, stateFolder(host.env), ...privatePaths(host.env)].filter((path) =>
          existsSync(path),
        ),
        network: row.network,
        cwd: join(root, spec.cwd),
      },
      signal,
    });
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}
