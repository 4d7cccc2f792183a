import { presents } from "../presentation.ts";

/** `setup-bundle apply` (spec 06 §6.8.1): blocked is exit code 1, but for a dry run, which only tells. */
export const applyBundle = presents("setup.applyBundle", {
  exitCode: ({ blocked, dry_run }) => (blocked && !dry_run ? 1 : 0),
});
