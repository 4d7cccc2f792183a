import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Ran, start } from "../support/world/process.ts";

/** A project with one bug and the test that shows it. */
const FILES = {
  "greet.mjs": "export const greet = (name) => 'Hello ' + nme;\n",
  "greet.test.mjs": [
    'import assert from "node:assert/strict";',
    'import { test } from "node:test";',
    'import { greet } from "./greet.mjs";',
    "",
    'test("greets by name", () => assert.equal(greet("Ada"), "Hello Ada"));',
    "",
  ].join("\n"),
};

/** What mends it; the worker runs these in its shell. */
export const REPAIR = [
  "sed s/nme/name/ greet.mjs > mended.mjs && mv mended.mjs greet.mjs",
  "node --test greet.test.mjs",
] as const;

export function writeProject(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
}

/** Run the project's test, as the manager does before it believes the worker. */
export async function runProjectTest(folder: string, env: Record<string, string>): Promise<Ran> {
  const running = await start([process.execPath, "--test", "greet.test.mjs"], { cwd: folder, env });
  return running.done;
}
