import { asConveyorError, ConveyorError } from "@conveyor/contracts/errors";
import { dispatchRows } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";

/** Pause before a ledger that refused is asked again. */
const ASK_AGAIN_AFTER_MS = 250;

/**
 * Run `work` while the lease of what it works on is renewed in the background long before it ends. A renewal that fails is
 * left to the fence at the end of the work.
 */
export async function keepingLease<T>(
  lease_seconds: number,
  renew: () => Promise<unknown>,
  work: () => Promise<T>,
): Promise<T> {
  let running: Promise<unknown> = Promise.resolve();
  const beat = () => {
    running = renew().catch(() => undefined);
  };
  const timer = setInterval(beat, Math.max(200, (lease_seconds * 1000) / 3));
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await running;
  }
}

/**
 * Write down what has happened to the world and cannot be taken back: a ledger that is locked or full is asked again for
 * the length of a lease, as long as nobody wants this process to end. Throws the ledger's error after that; recovery then
 * finds what is missing and calls it a risk.
 */
export async function recordEffect<T>(ctx: Ctx, lease_seconds: number, write: () => Promise<T>): Promise<T> {
  const { clock } = ctx.host;
  const deadline = clock.monotonic_ms() + lease_seconds * 1000;
  for (;;) {
    try {
      return await write();
    } catch (thrown) {
      if (!dispatchRows.isLedgerTrouble(thrown)) throw thrown;
      if (ctx.signal.aborted || clock.monotonic_ms() >= deadline) throw unrecorded(asConveyorError(thrown));
      await clock.sleep(ASK_AGAIN_AFTER_MS, ctx.signal).catch(() => undefined);
    }
  }
}

function unrecorded({ code, message, details, cause }: ConveyorError): ConveyorError {
  return new ConveyorError(code, `what became of a message in a terminal could not be recorded: ${message}`, {
    hint: "the next pass shows it as failed with stale_side_effect; look at the terminal before sending it again",
    details,
    cause,
  });
}
