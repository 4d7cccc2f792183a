import type { Prisma } from "../generated/prisma/client.ts";
import type { FastTx } from "../transaction.ts";

export type TemplateRow = Prisma.loop_templatesGetPayload<object>;

/** The newest version of every imported template, by name. */
export function newestTemplates(tx: FastTx): TemplateRow[] {
  return tx.sql
    .hot(
      `SELECT * FROM loop_templates t WHERE version = (SELECT max(version) FROM loop_templates WHERE name = t.name)
       ORDER BY name`,
    )
    .all() as TemplateRow[];
}

/** The newest version of one imported template. */
export function newestTemplate(tx: FastTx, name: string): TemplateRow | undefined {
  return tx.sql.hot("SELECT * FROM loop_templates WHERE name = ? ORDER BY version DESC LIMIT 1").get(name) as
    | TemplateRow
    | undefined;
}
