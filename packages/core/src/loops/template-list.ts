import type { LoopTemplateView } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { nearest } from "@conveyor/contracts/nearest";
import { type FastTx, loopRows, type Store } from "@conveyor/store";
import { LOOP_TEMPLATE_TABLE, type LoopTemplate } from "./templates.ts";

/** All templates by name: the built-in ones and, where there is a ledger, the newest version of each that was imported. */
export function templatesOf(tx: FastTx | undefined): LoopTemplate[] {
  const own = tx === undefined ? [] : loopRows.newestTemplates(tx).map(templateOfRow);
  return [...LOOP_TEMPLATE_TABLE, ...own].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function templateOfRow({ definition_json, version, sha256 }: loopRows.TemplateRow): LoopTemplate {
  return { ...(JSON.parse(definition_json) as LoopTemplate), version, sha256 };
}

/** All templates, read from the ledger if there is one. */
export async function allTemplates(store: Store | undefined): Promise<LoopTemplate[]> {
  return store === undefined ? templatesOf(undefined) : store.peek(templatesOf);
}

/**
 * The template of a name that somebody typed; `word` is what it is called where it was typed. A built-in one is found
 * without looking into the ledger. Throws `not_found`.
 */
export async function findTemplate(
  store: Store | undefined,
  name: string,
  word: "preset" | "template",
): Promise<LoopTemplate> {
  const built_in = LOOP_TEMPLATE_TABLE.find((template) => template.name === name);
  if (built_in !== undefined) return built_in;
  const all = await allTemplates(store);
  const found = all.find((template) => template.name === name);
  if (found !== undefined) return found;
  const names = all.map((template) => template.name);
  const near = nearest(name, names);
  throw new ConveyorError("not_found", `there is no loop ${word} ${JSON.stringify(name)}`, {
    hint: `${near === undefined ? "" : `did you mean ${near}? `}There are ${names.join(", ")}`,
    details: { kind: `loop_${word}`, reference: name, known: names },
  });
}

/** A template as it is shown: a copy, so that nobody changes the table. */
export function templateView(template: LoopTemplate): LoopTemplateView {
  return structuredClone(template) as unknown as LoopTemplateView;
}
