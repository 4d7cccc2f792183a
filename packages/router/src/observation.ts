import * as observationOperations from "@conveyor/contracts/observation";
import * as observation from "@conveyor/core/observation";
import { mutation, query, router } from "./trpc.ts";

export const observationRouter = router({
  ingest: mutation(observationOperations.ingest, observation.ingest),
  tail: mutation(observationOperations.tail, observation.tail),
  cycle: mutation(observationOperations.cycle, observation.cycle),
  nudge: mutation(observationOperations.nudge, observation.nudge),
  interrupt: mutation(observationOperations.interrupt, observation.interrupt),
  divergences: query(observationOperations.divergences, observation.divergences),
});
