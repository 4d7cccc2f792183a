export { type CaptureRequest, captureParty, type PartyCapture } from "./capture-party.ts";
export { captureFailure, captureTranscripts } from "./capture-transcripts.ts";
export { pruneContent, pruneSegments } from "./prune-content.ts";
export { showTranscripts } from "./show-transcripts.ts";
