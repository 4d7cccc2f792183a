import type { Ctx } from "../ctx.ts";
import { ingestSession } from "../observation/ingest.ts";
import type { Ingest } from "./pass/terms.ts";

/** How a pass gets new rollout records into the ledger. */
export const ingestFor =
  (ctx: Ctx): Ingest =>
  (session_id) =>
    ingestSession(ctx, session_id, { telemetry: "when_new" });
