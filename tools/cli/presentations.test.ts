import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { presentedOperations } from "./presentations.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "conveyor-presentations-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const declared = [
  { area: "inbox", name: "release", file: "inbox/release" },
  { area: "inbox", name: "takeWorker", file: "inbox/take" },
  { area: "tasks", name: "list", file: "tasks/list" },
];

/** What is found when the folder holds these files. */
function found(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return presentedOperations(declared, folder);
}

const shows = (path: string, name = path.split(".")[1]) => `export const ${name} = presents("${path}", {});\n`;

describe("what the command line says about operations", () => {
  it("is found by folder and name; helpers lie in folders of their own, tests beside", () => {
    expect(
      found({
        "inbox/take.ts": shows("inbox.takeWorker"),
        "inbox/take.test.ts": "",
        "inbox/rows/columns.ts": "",
        "print/table.ts": "",
      }),
    ).toEqual([{ path: "inbox.takeWorker", name: "takeWorker", file: "inbox/take" }]);
  });

  it.each([
    ["lies in another area", { "tasks/release.ts": shows("inbox.release") }, "folder, name and path must agree"],
    ["bears another name", { "inbox/release.ts": shows("inbox.release", "giveBack") }, "must agree"],
    ["is about no operation", { "inbox/drop.ts": shows("inbox.drop") }, "which no contract declares"],
    ["is empty", { "inbox/release.ts": "export const other = 1;\n" }, "presents no operation"],
    ["lies in a file of another name", { "inbox/take.ts": shows("inbox.release") }, "is in inbox/release.ts"],
    ["is said twice", { "inbox/release.ts": shows("inbox.release").repeat(2) }, "presents inbox.release twice"],
  ])("is refused when it %s", (_what, files, message) => {
    expect(() => found(files as Record<string, string>)).toThrow(message);
  });
});
