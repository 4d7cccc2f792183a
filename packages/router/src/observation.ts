import { operations } from "@conveyor/contracts";
import { observation } from "@conveyor/core";
import { mutation, query, router } from "./trpc.ts";

export const observationRouter = router({
  ingest: mutation(operations.observation.ingest, observation.ingest),
  tail: mutation(operations.observation.tail, observation.tail),
  cycle: mutation(operations.observation.cycle, observation.cycle),
  nudge: mutation(operations.observation.nudge, observation.nudge),
  interrupt: mutation(operations.observation.interrupt, observation.interrupt),
  divergences: query(operations.observation.divergences, observation.divergences),
});
