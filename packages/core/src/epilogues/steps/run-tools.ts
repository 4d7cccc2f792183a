import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type RunResult, run, runEnvironment } from "@conveyor/host";
import type { Ctx } from "../../ctx.ts";
import { parsed } from "../../shared/parsed.ts";
import { liveBindingOf } from "../../shared/references.ts";
import { failed, type StepOutcome, type StepSubject, succeeded } from "./step.ts";

/** A name of something that agents can do, as recipes list them; not a program (spec 04 §4.13). */
const CAPABILITY = /^[a-z_]+\.[a-z_]+$/;
const TOOL_LIMIT_MS = 30_000;
/** Characters that are kept of each output. */
const OUTPUT_CHARACTERS = 1_000;

/**
 * Ask each configured tool for its version, in order, in the folder of the worker, and stop at the first that is not there
 * or says no (spec 04 §4.13).
 */
export async function runTools(ctx: Ctx, task: StepSubject): Promise<StepOutcome> {
  const { tools, cwd } = await ctx.store.read(async (tx) => {
    const config = await tx.db.manager_configs.findUnique({
      where: { task_id: task.id },
      select: { tools_json: true },
    });
    const binding = await liveBindingOf(tx, task.id);
    return { tools: parsed(config?.tools_json ?? "[]"), cwd: binding?.worker_session?.cwd ?? null };
  });
  if (!Array.isArray(tools) || !tools.every((tool) => typeof tool === "string")) {
    return failed("the tools of the manager config cannot be read");
  }
  await ctx.host.mayAct();
  const folder = cwd !== null && existsSync(cwd) ? cwd : dirname(ctx.settings.state_root);
  const scratch = mkdtempSync(join(tmpdir(), "conveyor-tools-"));
  try {
    const seen: Record<string, unknown>[] = [];
    for (const tool of tools) {
      if (CAPABILITY.test(tool)) {
        seen.push({ tool, kind: "capability", skipped: true });
        continue;
      }
      const result = await versionOf(ctx, tool, { folder, scratch });
      seen.push(factsOf(tool, result));
      const problem = problemOf(tool, result);
      if (problem !== null) return failed(problem, { tools: seen });
    }
    return succeeded({ tools: seen, tool_count: tools.length });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function versionOf(ctx: Ctx, tool: string, { folder, scratch }: { folder: string; scratch: string }) {
  const [program = tool] = tool.trim().split(/\s+/);
  return run({
    argv: [program, "--version"],
    env: runEnvironment(ctx.host.env, { tmpdir: scratch }),
    time_limit_ms: TOOL_LIMIT_MS,
    sandbox: "auto",
    confinement: { cwd: folder, writable: [folder, scratch], hidden: [ctx.settings.state_root], network: true },
    signal: ctx.signal,
  });
}

function factsOf(tool: string, { exit_code, stdout, stderr, sandbox }: RunResult): Record<string, unknown> {
  const end = ({ head, tail }: RunResult["stdout"]) => (tail === "" ? head : tail).slice(-OUTPUT_CHARACTERS);
  return { tool, returncode: exit_code, stdout: end(stdout), stderr: end(stderr), sandbox };
}

function problemOf(tool: string, { ending, exit_code, problem }: RunResult): string | null {
  switch (ending) {
    case "exited":
      return exit_code === 0 ? null : `${tool} ended with ${exit_code}`;
    case "not_started":
      return `${tool} was not found: ${problem}`;
    case "timed_out":
      return `${tool} took longer than ${TOOL_LIMIT_MS / 1000} s`;
    default:
      return `${tool} was ${ending}`;
  }
}
