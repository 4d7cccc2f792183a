import * as decisionsOperations from "@conveyor/contracts/decisions";
import * as decisions from "@conveyor/core/decisions";
import { mutation, router } from "./trpc.ts";

export const decisionsRouter = router({
  record: mutation(decisionsOperations.record, decisions.recordDecision),
});
