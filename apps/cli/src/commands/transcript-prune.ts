import { cliCommand } from "../command.ts";
import { spec } from "../generated/transcript-prune.ts";
import { prunedText } from "../print/pruned.ts";

/** `transcript-prune` (spec 02 §8.13). */
export const command = cliCommand(spec, { text: { "transcripts.pruneSegments": prunedText } });
