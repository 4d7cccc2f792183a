import type { Input, Output } from "@conveyor/contracts";
import type { CheckAuthor } from "@conveyor/contracts/checks/words";
import { ConveyorError } from "@conveyor/contracts/errors";
import { canonicalJson, type WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { checkAuthorOf } from "./actor.ts";
import { type CheckRow, checkOf, findCriterion } from "./check.ts";
import { type CheckSpec, checkSpec, commandObject } from "./definition.ts";
import { commitNamed } from "./diff.ts";
import { assertFolder, guardsHash, presentTree, subjectFolder } from "./subject.ts";

/**
 * Add a check to a criterion; what a worker adds is proposed, what a manager or operator adds is accepted with its guarded
 * files as they are now (spec 09 §9.4). Throws `not_found`, `invalid_input`, `conflict` for a name that is taken.
 */
export async function add(ctx: Ctx, input: Input<"checks.add">): Promise<Output<"checks.add">> {
  const given = checkSpec(input.kind, specObject(input));
  assertMayBeIsolated(input.kind, input.isolated);
  const asked = await ctx.store.read(async (tx) => {
    const task = resolveTask(tx, input.task);
    await findCriterion(tx, input.criterion_id, task);
    return { folder: await subjectFolder(tx, task.id, input.root), author: await checkAuthorOf(ctx, tx, task.id) };
  });
  const guards_hash =
    asked.author === "worker" || input.guards.length === 0 ? null : await hashOfGuards(ctx, asked.folder, input.guards);
  const spec = await resolvedSpec(ctx, given, asked.folder);
  return ctx.store.write(async (tx) => {
    const task = resolveTask(tx, input.task);
    const author = await checkAuthorOf(ctx, tx, task.id);
    return { check: checkOf(await insertCheck(tx, task.id, { ...input, spec, author, guards_hash })) };
  });
}

/** A check that is to be written; what is not said is as `checks add` has it. */
export interface NewCheck {
  criterion_id: number;
  name: string;
  spec: CheckSpec;
  author: CheckAuthor;
  guards_hash?: string | null;
  covers?: readonly string[];
  guards?: readonly string[];
  timeout_seconds?: number;
  network?: boolean;
  sandbox?: CheckRow["sandbox"];
  isolated?: boolean;
  repeat?: number;
}

/** Write a check and `check_added`. Throws `conflict` for a name that is taken. */
export async function insertCheck(tx: WriteTx, task_id: string, wanted: NewCheck): Promise<CheckRow> {
  const { criterion_id, name, author } = wanted;
  const { kind, ...fields } = wanted.spec;
  const taken = await tx.db.checks.findFirst({ where: { criterion_id, name, removed_at: null } });
  if (taken !== null) {
    throw new ConveyorError("conflict", `criterion #${criterion_id} has a check ${JSON.stringify(name)} already`, {
      hint: `change it with \`conveyor checks edit ${taken.id}\`, or choose another name`,
      details: { kind: "check", id: taken.id },
    });
  }
  const seq = tx.seq();
  const row = await tx.db.checks.create({
    data: {
      seq,
      updated_seq: seq,
      criterion_id,
      name,
      kind,
      spec_json: canonicalJson(fields),
      covers_json: canonicalJson(wanted.covers ?? []),
      guards_json: canonicalJson(wanted.guards ?? []),
      timeout_seconds: wanted.timeout_seconds ?? TIMEOUT_SECONDS,
      network: wanted.network ?? false,
      sandbox: wanted.sandbox ?? "auto",
      isolated: wanted.isolated ?? false,
      repeat: wanted.repeat ?? 1,
      created_by: author,
      accepted_by: author === "worker" ? null : author,
      guards_hash: wanted.guards_hash ?? null,
      created_at: tx.now,
      updated_at: tx.now,
    },
  });
  tx.tell("check_added", {
    actor: author,
    task_id,
    summary: `check ${name} added to criterion #${criterion_id}`,
    correlation: { check_id: row.id, criterion_id },
    attributes: { check_id: row.id, criterion_id, kind, accepted: row.accepted_by !== null, revision: 1 },
  });
  return row;
}

/** How long a run may take where nobody says anything else, in seconds (spec 09 §9.2). */
const TIMEOUT_SECONDS = 600;

/** Only a command runs on a copy of its own. Throws `usage`. */
export function assertMayBeIsolated(kind: string, isolated: boolean): void {
  if (!isolated || kind === "command") return;
  throw new ConveyorError("usage", `a check of kind ${kind} runs no command, and so on no copy`, {
    hint: "leave --isolated out; the criterion is proven on the commit when nothing differs from it",
  });
}

/** A specification whose commit is named in full, so that it means the same tomorrow. Throws `invalid_input`, `precondition_failed`. */
export async function resolvedSpec(ctx: Ctx, spec: CheckSpec, folder: string | null): Promise<CheckSpec> {
  if (spec.kind !== "diff") return spec;
  assertFolder(folder);
  return { ...spec, base: await commitNamed(folder, spec.base, ctx.host.env) };
}

/** What the flags and the JSON object say together; for a command the object is the base. Throws `usage`. */
function specObject(input: Input<"checks.add">): Record<string, unknown> {
  if (input.kind === "command") {
    // Without a copy there is nothing to set up, whatever the configuration says.
    return commandObject({ ...input, setup: input.isolated ? input.setup : [] }, input.spec ?? {});
  }
  if (input.argv.length > 0) {
    throw new ConveyorError("usage", `a check of kind ${input.kind} runs no command`, {
      hint: "say what it looks at with --spec-json",
    });
  }
  return input.spec ?? {};
}

/** The guarded files as they are now. Throws `precondition_failed` when nothing says where they are. */
export async function hashOfGuards(ctx: Ctx, folder: string | null, guards: readonly string[]): Promise<string> {
  assertFolder(folder);
  return guardsHash(await presentTree(ctx, folder), guards);
}
