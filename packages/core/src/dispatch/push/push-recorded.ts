import type { DispatchResult } from "@conveyor/contracts";
import { asConveyorError, type ConveyorError } from "@conveyor/contracts/errors";
import type { FastTx } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { crashPoint } from "../../shared/crash-hook.ts";
import { secondsAfter } from "../delivery/back-off.ts";
import { keepingLease, recordEffect } from "../delivery/lease.ts";
import { type Push, pushThroughTmux, type Sent } from "./tmux-push.ts";

/** What is written about a push; each call is one transaction. */
export interface PushRecords {
  /** Keep others from taking over what is pushed before this time. */
  renew(tx: FastTx, claim_expires_at: string): void;
  /** The pane is about to be touched. Throws `lease_lost` when somebody has taken over. */
  markStarted(tx: FastTx): void;
  markCompleted(tx: FastTx): void;
  recordSent(tx: FastTx, sent: Sent): DispatchResult;
  settleFailure(tx: FastTx, error: ConveyorError, started: boolean): DispatchResult;
}

/**
 * Type a message into its target's terminal between two records (spec 03 §6.5). That the pane is about to be touched is
 * durable before it is; whatever fails afterwards is never tried again by itself, and what has happened is written down as
 * long as the ledger can be expected to take it. Throws only the ledger's own errors.
 */
export async function pushRecorded(
  ctx: Ctx,
  message: Pick<Push, "target" | "author" | "text">,
  records: PushRecords,
  lease_seconds: number,
): Promise<DispatchResult> {
  const renew = (tx: FastTx) => records.renew(tx, secondsAfter(ctx.host.clock.iso(), lease_seconds));
  let started = false;
  const push = () =>
    pushThroughTmux(ctx, {
      ...message,
      onBufferLoaded: async () => {
        crashPoint(ctx, "buffer_loaded");
        await ctx.store.fast((tx) => {
          records.markStarted(tx);
          renew(tx);
        });
        started = true;
        crashPoint(ctx, "side_effect_started");
      },
      onSubmitted: () => ctx.store.fast((tx) => records.markCompleted(tx)),
    });
  const outcome = await keepingLease(lease_seconds, () => ctx.store.fast(renew), push).then(
    (sent) => ({ sent }),
    (thrown: unknown) => ({ error: asConveyorError(thrown) }),
  );
  crashPoint(ctx, "pasted");
  const record = () =>
    ctx.store.fast((tx) => {
      const result =
        "sent" in outcome ? records.recordSent(tx, outcome.sent) : records.settleFailure(tx, outcome.error, started);
      crashPoint(ctx, "finishing");
      return result;
    });
  const result = await (started ? recordEffect(ctx, lease_seconds, record) : record());
  crashPoint(ctx, "completed");
  return result;
}
