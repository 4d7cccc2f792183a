import { type Answer, presents } from "../presentation.ts";
import { lines, plural } from "../print/text.ts";

type Folders = Answer<"workers.planImport">;
type Ledger = Answer<"workers.importLedger">;

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

function ledgerText(report: Ledger): string {
  if (report.already_imported) return `${report.from} was imported before; nothing was changed\n`;
  return lines(
    `${report.from} (version ${report.schema_version}): ${plural(report.imported_count, "row")} ${report.apply ? "imported" : "to import"}`,
    report.tables
      .filter(({ found }) => found > 0)
      .map(
        ({ table, found, imported, skipped }) =>
          `  ${table}: ${imported} of ${found}${skipped > 0 ? `, ${skipped} left out` : ""}`,
      ),
    report.renamed.map(({ table, from, to }) => `renamed in ${table}: ${from} -> ${to}`),
    report.skipped.map(({ table, id, reason }) => `left out: ${table} ${id}, ${reason}`),
    report.backup_path !== null && `the earlier database is kept at ${report.backup_path}`,
    !report.apply && "nothing was written; --apply imports them",
  );
}

const verdict = ({ workers }: Folders) => (workers.some(({ error }) => error !== undefined) ? 1 : 0);

/** `import-compat` (spec 01 §7.5): a worker that had to be left out is exit code 1. */
export const planImport = presents("workers.planImport", { text: foldersText, exitCode: verdict });

/** `import-compat --apply` (spec 01 §7.5). */
export const importFolders = presents("workers.importFolders", { text: foldersText, exitCode: verdict });

/** `import-compat --from` (spec 07 §7.10.9). */
export const importLedger = presents("workers.importLedger", { text: ledgerText });
