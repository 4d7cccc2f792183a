import { z } from "zod";
import { operation } from "../operation.ts";
import { pairScope, pairStatus } from "./entities.ts";

/** `app-loop-status` (spec 06 §6.2). */
export const loopStatus = operation({
  path: "autonomy.loopStatus",
  kind: "query",
  summary: "Show whether a task's manager, worker and dispatcher live",
  ledger: "read",
  cli: { command: "app-loop-status", place: 20, prints: "text", examples: ["app-loop-status auth --json"] },
  input: z.object(pairScope),
  output: pairStatus,
});
