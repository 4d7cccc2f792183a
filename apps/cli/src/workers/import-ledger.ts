import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { lines, plural } from "../print/text.ts";

function ledgerText(report: Output<"workers.importLedger">): string {
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

/** `import-compat --from` (spec 07 §7.10.9). */
export const importLedger = presents("workers.importLedger", { text: ledgerText });
