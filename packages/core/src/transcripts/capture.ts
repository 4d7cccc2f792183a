import type { CaptureFailure, Input, Output, Role, RoleCapture } from "@conveyor/contracts";
import { LIVE_BINDING_STATES } from "@conveyor/contracts/bindings/entities";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { ReadTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { type Party, partiesOf, withParties } from "../shared/party.ts";
import { resolveTask } from "../shared/references.ts";
import { captureParty } from "./capture-party.ts";

/**
 * Store what the terminals of a task's sessions show (spec 02 §8.11); of a closed task those of its latest binding. With
 * role `all` a side that fails is reported and the other goes on; a single role fails hard. Throws `not_found`,
 * `gate_failed` when new text was required and a side gave none, and what `captureParty` throws.
 */
export async function capture(ctx: Ctx, input: Input<"transcripts.capture">): Promise<Output<"transcripts.capture">> {
  const { task, binding_id, parties } = await ctx.store.read((tx) => subjectOf(tx, input.task));
  const roles: readonly Role[] = input.role === "all" ? ["worker", "manager"] : [input.role];
  const captures: (RoleCapture | CaptureFailure)[] = [];
  for (const role of roles) {
    try {
      const party = partyOf(parties[role], role, task.name);
      const { mode, lines, include_content } = input;
      const request = { task, binding_id, party, mode, lines, include_content, source: "transcript_capture" as const };
      captures.push((await captureParty(ctx, request)).capture);
    } catch (thrown) {
      if (input.role !== "all") throw thrown;
      captures.push(captureFailureOf(role, thrown));
    }
  }
  if (input.require_segment) assertSegments(captures, task.name);
  return { task: task.name, role: input.role, mode: input.mode, captures };
}

/** A failure of one side as an entry of the answer. Throws what is not about that side. */
export function captureFailureOf(role: Role, thrown: unknown): CaptureFailure {
  if (!(thrown instanceof ConveyorError) || thrown.code === "interrupted" || thrown.code === "internal") throw thrown;
  return { role, error: thrown.message, error_code: thrown.code };
}

async function subjectOf(tx: ReadTx, reference: string) {
  const { id, name, state } = resolveTask(tx, reference);
  const live = await tx.db.bindings.findFirst({
    where: { task_id: id, state: { in: [...LIVE_BINDING_STATES] } },
    include: withParties,
  });
  const binding =
    live ??
    (await tx.db.bindings.findFirst({ where: { task_id: id }, orderBy: { seq: "desc" }, include: withParties }));
  if (binding === null) {
    throw new ConveyorError("not_found", `task ${JSON.stringify(name)} has never been bound, so it has no terminals`, {
      hint: "bind a worker and a manager to it first",
      details: { kind: "binding", task_id: id },
    });
  }
  return { task: { id, name, state }, binding_id: binding.id, parties: partiesOf(binding) };
}

function partyOf(party: Party | null, role: Role, task: string): Party {
  if (party !== null) return party;
  throw new ConveyorError("not_found", `the binding of task ${JSON.stringify(task)} has no ${role}`, {
    details: { kind: "session", role },
  });
}

function assertSegments(captures: readonly (RoleCapture | CaptureFailure)[], task: string): void {
  const without = captures.filter((one) => "error" in one || (one.transcript_segment?.line_count ?? 0) === 0);
  if (without.length === 0) return;
  const roles = without.map(({ role }) => role);
  throw new ConveyorError(
    "gate_failed",
    `no new text came from the ${roles.join(" and the ")} of ${JSON.stringify(task)}`,
    {
      hint: "what was captured is stored; `conveyor transcript-show` lists it",
      details: { roles, captures: captures.map(withoutText) },
    },
  );
}

function withoutText(entry: RoleCapture | CaptureFailure): RoleCapture | CaptureFailure {
  if ("error" in entry) return entry;
  const { output: _output, ...capture } = entry.capture;
  return { ...entry, capture };
}
