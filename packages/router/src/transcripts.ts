import { mutation, query, router } from "./trpc.ts";

export const transcriptsRouter = router({
  capture: mutation("transcripts.capture", () => import("@conveyor/core/transcripts/capture")),
  show: query("transcripts.show", () => import("@conveyor/core/transcripts/show")),
  pruneSegments: mutation("transcripts.pruneSegments", () => import("@conveyor/core/transcripts/prune")),
  prune: mutation("transcripts.prune", () => import("@conveyor/core/transcripts/prune")),
  redact: mutation("transcripts.redact", () => import("@conveyor/core/transcripts/redact")),
});
