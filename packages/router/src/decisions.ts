import { operations } from "@conveyor/contracts";
import { decisions } from "@conveyor/core";
import { mutation, router } from "./trpc.ts";

export const decisionsRouter = router({
  record: mutation(operations.decisions.record, decisions.recordDecision),
});
