import { operations } from "@conveyor/contracts";
import { transcripts } from "@conveyor/core";
import { mutation, query, router } from "./trpc.ts";

export const transcriptsRouter = router({
  capture: mutation(operations.transcripts.capture, transcripts.captureTranscripts),
  show: query(operations.transcripts.show, transcripts.showTranscripts),
  pruneSegments: mutation(operations.transcripts.pruneSegments, transcripts.pruneSegments),
  prune: mutation(operations.transcripts.prune, transcripts.pruneContent),
});
