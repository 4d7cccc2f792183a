import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type RunResult, run, runEnvironment } from "@conveyor/host";
import { argvOf } from "../../checks/argv-of.ts";
import type { Ctx } from "../../ctx.ts";
import { parsed } from "../../shared/parsed.ts";
import { liveBindingOf } from "../../shared/references.ts";
import { TOOL_WITH_COMMAND } from "../../shared/tool-command.ts";
import { failed, type StepOutcome, type StepSubject, succeeded } from "./step.ts";

/** A name of something that agents can do, as recipes list them; not a program (spec 04 §4.13). */
const CAPABILITY = /^[a-z_]+\.[a-z_]+$/;
const TOOL_LIMIT_MS = 30_000;
/** Characters that are kept of each output. */
const OUTPUT_CHARACTERS = 1_000;

/** How long such a command may take; asking for a version is quicker. */
const COMMAND_LIMIT_MS = 600_000;

/**
 * Run the command of each configured tool, in order, in the folder of the worker, or ask it for its version where it names no
 * command; stop at the first that is not there or fails (spec 04 §4.13, §8, 10). What it printed is kept by its end and its
 * hash.
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
      const [, name, command] = TOOL_WITH_COMMAND.exec(tool) ?? [];
      const argv = command === undefined ? [tool.trim().split(/\s+/)[0] ?? tool, "--version"] : argvOf(command);
      const time_limit_ms = command === undefined ? TOOL_LIMIT_MS : COMMAND_LIMIT_MS;
      const result = await runTool(ctx, argv, { folder, scratch, time_limit_ms });
      seen.push({ ...factsOf(name ?? tool, result), ...(command !== undefined && { command }) });
      const problem = problemOf(name ?? tool, result, time_limit_ms);
      if (problem !== null) return failed(problem, { tools: seen });
    }
    return succeeded({ tools: seen, tool_count: tools.length });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface ToolPlace {
  folder: string;
  scratch: string;
  time_limit_ms: number;
}

function runTool(ctx: Ctx, argv: readonly string[], { folder, scratch, time_limit_ms }: ToolPlace) {
  return run({
    argv,
    env: runEnvironment(ctx.host.env, { tmpdir: scratch }),
    time_limit_ms,
    sandbox: "auto",
    confinement: { cwd: folder, writable: [folder, scratch], hidden: [ctx.settings.state_root], network: true },
    signal: ctx.signal,
  });
}

function factsOf(
  tool: string,
  { exit_code, stdout, stderr, output, duration_ms, sandbox }: RunResult,
): Record<string, unknown> {
  const end = ({ head, tail }: RunResult["stdout"]) => (tail === "" ? head : tail).slice(-OUTPUT_CHARACTERS);
  const seen = { output_sha256: output.sha256, duration_ms, sandbox };
  return { tool, returncode: exit_code, stdout: end(stdout), stderr: end(stderr), ...seen };
}

function problemOf(tool: string, { ending, exit_code, problem }: RunResult, time_limit_ms: number): string | null {
  switch (ending) {
    case "exited":
      return exit_code === 0 ? null : `${tool} ended with ${exit_code}`;
    case "not_started":
      return `${tool} was not found: ${problem}`;
    case "timed_out":
      return `${tool} took longer than ${time_limit_ms / 1000} s`;
    default:
      return `${tool} was ${ending}`;
  }
}
