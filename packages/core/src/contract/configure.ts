import type { Input, ManagerConfig, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { WriteTx } from "@conveyor/store";
import { assertMayJudge, checkAuthorOf } from "../checks/actor.ts";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { TOOL_WITH_COMMAND } from "../shared/tool-command.ts";
import { configChangesOf } from "./config-changes.ts";
import { type ConfigChanges, saysAnything } from "./merge-config.ts";
import { findManagerConfig, recordManagerConfig } from "./record-config.ts";

/**
 * Write what is given over the config of a task, or over the defaults; when nothing is given and there is a config, it is
 * only shown (spec 04 §4.2). Throws `not_found` (task, recipe), `conflicting_flags`, `invalid_input`, and `gate_failed`
 * when the config has another revision than was expected.
 */
export async function configure(ctx: Ctx, input: Input<"contract.configure">): Promise<Output<"contract.configure">> {
  const changes = configChangesOf(input);
  if (!saysAnything(changes)) {
    const config = await ctx.store.read(async (tx) => findManagerConfig(tx, resolveTask(tx, input.task).id));
    if (config !== null) {
      assertRevision(input.expect_revision, config);
      return config;
    }
  }
  return ctx.store.write((tx) => writeConfig(ctx, tx, input, changes));
}

/** Write the changes, as `configure` and `interview` do; throws what those throw. */
export async function writeConfig(
  ctx: Pick<Ctx, "settings">,
  tx: WriteTx,
  { task, expect_revision }: Pick<Input<"contract.configure">, "expect_revision" | "task">,
  changes: ConfigChanges,
): Promise<Output<"contract.configure">> {
  const { id, name } = resolveTask(tx, task);
  const before = await findManagerConfig(tx, id);
  assertRevision(expect_revision, before);
  const author = await checkAuthorOf(ctx, tx, id);
  if (changes.proof_policy !== undefined && changes.proof_policy !== (before?.proof_policy ?? "auto")) {
    assertMayJudge(author, "change what a finish demands of checks");
  }
  if (changes.evidence_policy !== undefined && changes.evidence_policy !== (before?.evidence_policy ?? "open")) {
    assertMayJudge(author, "change what evidence is demanded");
  }
  // They are run by `run-tools`: what a worker types is not run.
  if ([...(changes.tools ?? []), ...(changes.append?.tools ?? [])].some((tool) => TOOL_WITH_COMMAND.test(tool))) {
    assertMayJudge(author, "name the commands of tools");
  }
  const { config, warnings } = await recordManagerConfig(tx, { id, name }, { changes, author });
  return { ...config, ...(warnings.length > 0 && { warnings }) };
}

/** Somebody else may have changed the config since it was read (spec 04 §8). Throws `gate_failed`. */
export function assertRevision(expected: number | undefined, config: Pick<ManagerConfig, "revision"> | null): void {
  const revision = config?.revision ?? 0;
  if (expected === undefined || expected === revision) return;
  throw new ConveyorError("gate_failed", `the manager config has revision ${revision}, not ${expected}`, {
    hint: "look at what changed with `conveyor manager-config TASK`, then say the revision that you saw",
    details: { failure_stage: "expected_revision", expected, revision },
  });
}
