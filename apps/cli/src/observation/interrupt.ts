import { presents } from "../presentation.ts";

/** `session-interrupt` (spec 02 §8.16). */
export const interrupt = presents("observation.interrupt", {
  text: ({ dry_run, key, session, target, interrupted }) => {
    const seen =
      interrupted === null
        ? ""
        : interrupted
          ? ", and the agent stopped"
          : ", but the agent did not say that it stopped";
    return dry_run ? `would send ${key} to ${session} (${target})\n` : `sent ${key} to ${session} (${target})${seen}\n`;
  },
});
