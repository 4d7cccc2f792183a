import { presents } from "../presentation.ts";
import { lines, plural, table } from "../print/text.ts";

/** `db-stats`: the tables that hold anything, the largest first (spec 07 §7.13 item 7). */
export const dbStats = presents("system.dbStats", {
  text: ({ path, database_bytes, content_bytes, tables }, view) =>
    lines(
      `${path}: ${plural(database_bytes, "byte")}, of which content ${content_bytes}`,
      table(
        tables
          .filter(({ rows }) => rows > 0)
          .map(({ name, rows, bytes }) => [name, String(rows), String(bytes ?? "-")]),
        view,
      ),
    ),
});
