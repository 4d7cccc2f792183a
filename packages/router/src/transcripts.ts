import * as transcriptsOperations from "@conveyor/contracts/transcripts";
import * as transcripts from "@conveyor/core/transcripts";
import { mutation, query, router } from "./trpc.ts";

export const transcriptsRouter = router({
  capture: mutation(transcriptsOperations.capture, transcripts.captureTranscripts),
  show: query(transcriptsOperations.show, transcripts.showTranscripts),
  pruneSegments: mutation(transcriptsOperations.pruneSegments, transcripts.pruneSegments),
  prune: mutation(transcriptsOperations.prune, transcripts.pruneContent),
});
