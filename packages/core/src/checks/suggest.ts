import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Input, Output } from "@conveyor/contracts";
import { readWhole } from "@conveyor/files";
import { realPath } from "@conveyor/host";
import type { Ctx } from "../ctx.ts";
import { commandLine, slot } from "../shared/command-line.ts";
import { resolveTask } from "../shared/references.ts";
import { shellWord } from "./check.ts";
import { PRESETS, suggestionsOf } from "./presets.ts";
import { assertFolder, subjectFolder } from "./subject.ts";

const MOST_BYTES = 1024 * 1024;

/**
 * Checks that a project's own files give reason to propose, each with the command that adds it; adds none (spec 09 §9.4).
 * Throws `not_found`, `ambiguous`, `precondition_failed` when nothing says where the project is.
 */
export async function suggest(ctx: Ctx, input: Input<"checks.suggest">): Promise<Output<"checks.suggest">> {
  const { task, folder } = await ctx.store.read(async (tx) => {
    const { id, name } = resolveTask(tx, input.task);
    return { task: { id, name }, folder: await subjectFolder(tx, id, input.root) };
  });
  assertFolder(folder);
  const root = realPath(folder);
  const has = (path: string) => existsSync(join(root, path));
  const suggestions = PRESETS.flatMap((preset) => {
    const read = readWhole(join(root, preset.file), { most_bytes: MOST_BYTES });
    if (!read.ok) return [];
    return suggestionsOf(preset, read.text, has).map((suggestion) => ({ ...suggestion, found_in: preset.file }));
  });
  return {
    root,
    suggestions: suggestions.map(({ name, argv, guards, found_in }) => ({
      name,
      argv,
      guards,
      found_in,
      command: commandLine(ctx.settings, ["checks add", task.name], {
        criterion: slot("criterion"),
        name,
        guard: guards,
      }).concat(` -- ${argv.map(shellWord).join(" ")}`),
    })),
  };
}
