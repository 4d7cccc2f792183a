import { createHash } from "node:crypto";
import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { isDeeperThan, JSON_BYTES, JSON_LEVELS } from "@conveyor/contracts/limits";
import { readWhole } from "@conveyor/files";
import { canonicalJson, loopRows } from "@conveyor/store";
import type { Ctx, MaybeLedger } from "../ctx.ts";
import { readTemplates } from "./template-file.ts";
import { findTemplate, templatesOf, templateView } from "./template-list.ts";
import { LOOP_TEMPLATE_TABLE } from "./templates.ts";

/**
 * Take templates from a file: all of them, or none (spec 05 §9). One that is the same as its newest version is left as it
 * is. Throws `invalid_input`, `not_found` for one that is extended, `conflict` for the name of a built-in one.
 */
export async function importTemplates(
  ctx: Ctx,
  { file }: Input<"loops.importTemplates">,
): Promise<Output<"loops.importTemplates">> {
  const document = readDocument(file);
  return ctx.store.write(async (tx) => {
    const known = templatesOf(tx);
    const templates = readTemplates(document, (name) => known.find((template) => template.name === name));
    const built_in = templates.find(({ name }) => LOOP_TEMPLATE_TABLE.some((template) => template.name === name));
    if (built_in !== undefined) {
      throw new ConveyorError("conflict", `${built_in.name} is the name of a built-in template`, {
        hint: "give yours another name; it may extend the built-in one",
        details: { kind: "loop_template", name: built_in.name },
      });
    }
    const imported: Output<"loops.importTemplates">["imported"] = [];
    for (const template of templates) {
      const { version: _version, sha256: _sha256, ...definition } = template;
      const definition_json = canonicalJson(definition);
      const sha256 = createHash("sha256").update(definition_json).digest("hex");
      const newest = loopRows.newestTemplate(tx, template.name);
      if (newest?.sha256 === sha256) {
        imported.push({ name: template.name, version: newest.version, sha256, created: false });
        continue;
      }
      const version = (newest?.version ?? 0) + 1;
      const row = { seq: tx.seq(), name: template.name, version, sha256, definition_json, created_at: tx.now };
      await tx.db.loop_templates.create({ data: row });
      tx.tell("loop_template_imported", {
        summary: `loop template ${template.name} imported as version ${version}`,
        attributes: { name: template.name, version, sha256 },
      });
      imported.push({ name: template.name, version, sha256, created: true });
    }
    return { imported };
  });
}

/** A template in the form in which it is imported. Throws `not_found`. */
export async function exportTemplate(
  ctx: MaybeLedger,
  input: Input<"loops.exportTemplate">,
): Promise<Output<"loops.exportTemplate">> {
  const {
    version: _version,
    sha256: _sha256,
    ...definition
  } = templateView(await findTemplate(ctx.store, input.template, "template"));
  return definition;
}

/** Throws `invalid_input` for what is no JSON document of an acceptable size. */
function readDocument(file: string): unknown {
  const read = readWhole(file, { most_bytes: JSON_BYTES });
  if (!read.ok) throw unreadable(file, read.reason);
  try {
    const document: unknown = JSON.parse(read.text);
    if (!isDeeperThan(document, JSON_LEVELS, { values: JSON_BYTES })) return document;
  } catch {
    throw unreadable(file, "is no JSON");
  }
  throw unreadable(file, `is nested deeper than ${JSON_LEVELS} levels`);
}

function unreadable(file: string, reason: string): ConveyorError {
  return new ConveyorError("invalid_input", `${file} ${reason}`, {
    hint: "name a JSON file with loop templates",
    details: { field: "file", path: file },
  });
}
