import { ConveyorError } from "@conveyor/contracts/errors";
import type { HostCtx } from "../ctx.ts";

/** What a transport puts around an answer, in bytes. */
const ENVELOPE_BYTES = 4096;

/**
 * Refuse an answer that its caller could not read, while what it takes can still be left where it is: called in the
 * transaction that takes it. Without a bound of the transport, as in the caller's own process, everything passes. Throws
 * `too_large` (spec 00, ruling 10).
 */
export function assertReadable(ctx: HostCtx, answer: unknown): void {
  const most_bytes = ctx.most_answer_bytes;
  if (most_bytes === undefined) return;
  const bytes = Buffer.byteLength(JSON.stringify(answer) ?? "");
  if (bytes + ENVELOPE_BYTES <= most_bytes) return;
  throw new ConveyorError("too_large", `the answer would have ${bytes} bytes, more than the server can send`, {
    hint: "nothing was taken; end the server with `conveyor serve --stop` and run this again, which has no such limit",
    details: { bytes, most_bytes },
  });
}
