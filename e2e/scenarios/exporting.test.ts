import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { inEveryMode } from "../support/world/in-every-mode.ts";

inEveryMode("what is known of a task leaves the ledger as a bundle, without what is private", async (world) => {
  await world.pair("parser");
  await world.ask<"dispatch.enqueueNudgeWorker">("enqueue-nudge-worker", "parser", "--message", "a secret word");
  await world.ask<"dispatch.run">("dispatch", "--once", "--no-ingest");

  const output = join(world.root, "bundle");
  const made = await world.ask<"exports.exportTask">("export-task", "parser", "--output", output, "--zip");
  expect(made).toMatchObject({ archive: `${output}.zip`, export_dir: output, task: "parser" });
  for (const name of made.manifest.files) {
    expect(readFileSync(join(output, name), "utf8")).not.toContain("a secret word");
  }
  const seen = await world.ask<"exports.importExport">("import-export", `${output}.zip`, "--check");
  expect(seen).toMatchObject({ imported: false, ledger_path: null, rows: { tasks: 1, commands: 1 } });
  expect(await world.refused("import-export", output)).toMatchObject({ code: 2, error: { code: "conflict" } });
  expect(await world.refused("import-bundle", `${output}.tar`)).toMatchObject({ error: { code: "not_found" } });
  const refused = await world.refused("export-task", "parser", "--output", join(output, "manifest.json"));
  expect(refused).toMatchObject({ code: 2, error: { code: "precondition_failed" } });
  expect(await world.refused("export-task", "nothing")).toMatchObject({ code: 2, error: { code: "not_found" } });
});
