import type { Check } from "@conveyor/contracts";
import { nameProblem } from "@conveyor/contracts/names";
import { canonicalJson, type WriteTx } from "@conveyor/store";
import { checkAuthorOf } from "../checks/actor.ts";
import { insertCheck } from "../checks/add.ts";
import { argvOf } from "../checks/argv-of.ts";
import { checkOf, shellWord } from "../checks/check.ts";
import { type CheckSpec, checkSpec } from "../checks/definition.ts";
import type { Ctx } from "../ctx.ts";

const NAME_CHARACTERS = 100;

/** A command check as one text says it. */
export interface CommandText {
  name: string;
  spec: CheckSpec;
}

/** What `criteria --add --check TEXT` means (spec 09 §9.4). Pure. Throws `invalid_input` for what needs a shell, and as `checks add` does. */
export function commandCheck(text: string): CommandText {
  const argv = argvOf(text);
  const line = argv.map(shellWord).join(" ").slice(0, NAME_CHARACTERS).trim().normalize("NFC");
  return { name: nameProblem(line) === null ? line : "command", spec: checkSpec("command", { argv }) };
}

/** Add these checks to a criterion; one that it has already, by name and command, is left as it is. */
export async function addCommandChecks(
  ctx: Ctx,
  tx: WriteTx,
  { task_id, criterion_id, commands }: { task_id: string; criterion_id: number; commands: readonly CommandText[] },
): Promise<Check[]> {
  const author = await checkAuthorOf(ctx, tx, task_id);
  const checks: Check[] = [];
  for (const { name, spec } of commands) {
    const { kind: _kind, ...fields } = spec;
    const same = await tx.db.checks.findFirst({
      where: { criterion_id, name, removed_at: null, spec_json: canonicalJson(fields) },
    });
    if (same === null) checks.push(checkOf(await insertCheck(tx, task_id, { criterion_id, name, spec, author })));
  }
  return checks;
}
