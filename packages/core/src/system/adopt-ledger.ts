import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { adoptionFacts, takeOverLedger } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { type Foreignness, foreignness, noteAdoption } from "../shared/ledger-guard.ts";

/**
 * Make this ledger this host's (spec 00, ruling 9). Without `yes` it only says, as the error `confirmation_required`, what
 * is in it that would then be acted on. Throws that, and `state_root_unwritable`.
 */
export async function adoptLedger(ctx: Ctx, input: Input<"system.adoptLedger">): Promise<Output<"system.adoptLedger">> {
  const { ledger_path } = ctx.settings;
  const { host_id, env, clock } = ctx.host;
  const ledger = { ledger_path, host_id: () => host_id, env };
  // Where git cannot tell, adopting says that it does not matter.
  const reason = await foreignness(ledger).catch((): Foreignness => "tracked_by_git");
  const facts = await ctx.store.peek((tx) => adoptionFacts(tx, host_id));
  const detached_sessions = input.keep_terminals || reason === null ? 0 : facts.foreign_sessions;
  const report = { ledger_path, reason, host_id, detached_sessions, ...facts };
  const { foreign_sessions: _foreign, ...answer } = report;
  if (reason === null) return { adopted: false, ...answer };
  if (!input.yes) throw confirmationRequired(input, report);
  await ctx.store.fast((tx) => {
    takeOverLedger(tx, host_id, input.keep_terminals ? "keep_terminals" : "detach");
    tx.tell("ledger_adopted", {
      attributes: { ...answer, reason, keep_terminals: input.keep_terminals },
      summary: `the ledger was adopted (${reason.replaceAll("_", " ")})`,
    });
  });
  noteAdoption(ledger, clock.iso());
  return { adopted: true, ...answer };
}

interface Report {
  ledger_path: string;
  reason: Foreignness | null;
  foreign_sessions: number;
  pending_messages: number;
}

function confirmationRequired({ keep_terminals }: Input<"system.adoptLedger">, report: Report): ConveyorError {
  const { ledger_path, foreign_sessions, pending_messages } = report;
  const sessions = `${foreign_sessions} active sessions of another host ${keep_terminals ? "keep" : "lose"} their terminals`;
  return new ConveyorError(
    "confirmation_required",
    `adopting ${ledger_path} lets Conveyor act on what it says: ${pending_messages} queued messages will be delivered, ${sessions}`,
    {
      hint: "look at it with `conveyor sessions` and `conveyor commands`, then adopt it with `conveyor adopt-ledger --yes`",
      details: { ...report },
    },
  );
}
