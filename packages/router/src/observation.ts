import { mutation, query, router } from "./trpc.ts";

export const observationRouter = router({
  ingest: mutation("observation.ingest", () => import("@conveyor/core/observation/ingest")),
  tail: mutation("observation.tail", () => import("@conveyor/core/observation/tail")),
  cycle: mutation("observation.cycle", () => import("@conveyor/core/observation/cycle")),
  nudge: mutation("observation.nudge", () => import("@conveyor/core/observation/nudge")),
  interrupt: mutation("observation.interrupt", () => import("@conveyor/core/observation/interrupt")),
  divergences: query("observation.divergences", () => import("@conveyor/core/observation/divergences")),
});
