import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { lines, plural } from "../print/text.ts";

type Folders = Output<"workers.planImport">;

function foldersText({ apply, root, workers }: Folders): string {
  return lines(
    `${plural(workers.length, "worker")} in ${root}`,
    workers.map(({ worker, action_count, error }) =>
      error === undefined
        ? `${worker}: ${plural(action_count, "source")} ${apply ? "imported" : "to import"}`
        : `${worker}: left out, ${error}`,
    ),
    !apply && workers.some(({ action_count }) => action_count > 0) && "nothing was written; --apply imports them",
  );
}

const verdict = ({ workers }: Folders) => (workers.some(({ error }) => error !== undefined) ? 1 : 0);

/** `import-compat` (spec 01 §7.5): a worker that had to be left out is exit code 1. */
export const planImport = presents("workers.planImport", { text: foldersText, exitCode: verdict });

/** `import-compat --apply` (spec 01 §7.5). */
export const importFolders = presents("workers.importFolders", { text: foldersText, exitCode: verdict });
