import type { Input, SmokeStanding } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { Ctx } from "../ctx.ts";
import { commandLine, type Program } from "../shared/command-line.ts";
import { openPair } from "./pair.ts";
import { smokeRunOf, standingOf } from "./smoke/standing.ts";

/**
 * `app-smoke status`: whether both threads of a pair can be reached and answer (spec 06 §6.2). Never shows the nonce.
 * Throws `not_found`, `ambiguous`, `no_active_binding`, `terminal_state`.
 */
export async function smokeStatus(ctx: Ctx, input: Input<"autonomy.smokeStatus">): Promise<SmokeStanding> {
  return ctx.store.read(async (tx) => {
    const pair = openPair(ctx, tx, input.task);
    const run = await smokeRunOf(tx, pair.task.id, input.smoke_id);
    if (run === null) throw noSmoke(ctx.settings, pair.task.name, input.smoke_id);
    return standingOf(tx, pair, run, { stale_after_seconds: input.stale_after, scope: "one_task" });
  });
}

/** That a task has no such smoke run. Pure. */
export function noSmoke(program: Program, task: string, id: string | undefined): ConveyorError {
  const which = id === undefined ? "has no smoke run" : `has no smoke run ${JSON.stringify(id)}`;
  return new ConveyorError("not_found", `task ${JSON.stringify(task)} ${which}`, {
    hint: `start one with ${commandLine(program, ["app-smoke start", task], { json: true })}`,
    details: { kind: "smoke", reference: id ?? null, task },
  });
}
