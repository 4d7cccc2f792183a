import { presents } from "../presentation.ts";
import { lines } from "../print/text.ts";

/** `worktrees diff` (spec 10 §10.6): a line for each file, then the changes if they were asked for. */
export const diff = presents("worktrees.diff", {
  text: ({ files, new_files, patch, truncated }) =>
    lines(
      files.map(({ path, added, removed }) => `+${added ?? "?"} -${removed ?? "?"}\t${path}`),
      new_files.map((path) => `new\t${path}`),
      typeof patch === "string" && patch !== "" && patch,
      truncated && "something was left out: it is too much to be shown",
    ),
});
