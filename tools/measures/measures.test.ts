import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { declaredOperations, differingNames, handLists } from "./operations.ts";
import { missingTouches } from "./touches.ts";
import { arrowsBackUp, circles, pausesForAnEvent } from "./tree.ts";

const house = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

describe("the house", () => {
  it("calls every procedure alike in contract, core and router", () => {
    expect(declaredOperations(house).length).toBeGreaterThan(90);
    expect(differingNames(house)).toEqual([]);
  });

  it("waits for changes in its tests, and says so where the time itself is meant", () => {
    expect(pausesForAnEvent(house)).toEqual([]);
  });

  it("has the files that are said to be touched by hand", () => {
    expect(missingTouches(house)).toEqual([]);
  });
});

describe("what is counted", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "measures-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const contract = (name: string, path: string) =>
    `export const ${name} = operation({ path: "${path}", cli: { command: "${path.replace(".", "-")}" } });\n`;

  it("is a procedure that any floor calls otherwise", () => {
    const line = (path: string, file: string) =>
      `export const r = router({ ${path.split(".")[1]}: query("${path}", () => import("@conveyor/core/${file}")) });`;
    write("packages/contracts/src/inbox/release.ts", contract("release", "inbox.release"));
    write("packages/core/src/inbox/release.ts", "export async function release() {}");
    write("packages/router/src/inbox.ts", line("inbox.release", "inbox/release"));
    expect(differingNames(root)).toEqual([]);
    write("packages/core/src/inbox/release.ts", "export async function giveBack() {}");
    expect(differingNames(root)).toMatchObject([{ path: "inbox.release", core: "giveBack" }]);
    write("packages/contracts/src/inbox/release.ts", contract("giveBack", "inbox.release"));
    write("packages/core/src/inbox/release.ts", "export async function release() {}");
    expect(differingNames(root)).toMatchObject([{ path: "inbox.release", contract: "giveBack" }]);
  });

  it("is a literal that lists the operations, whatever its form", () => {
    const verbs = ["a", "b", "c", "d", "e", "f", "g", "h"];
    for (const verb of verbs) write(`packages/contracts/src/x/${verb}.ts`, contract(verb, `x.${verb}`));
    write("e2e/one.ts", `run(["x-a"]);`);
    expect(handLists(root).filter(({ file }) => file.startsWith("e2e"))).toEqual([]);
    write("e2e/list.ts", `const all = [...["x-a", "x-b"], "x-c"];`);
    write("apps/cli/src/index.ts", `export const index = {\n  "x-a": 1, "x-b": 2, "x-c": 3 };`);
    expect(handLists(root)).toMatchObject([
      { file: "apps/cli/src/index.ts", line: 1, names: 3 },
      { file: "e2e/list.ts", line: 1, names: 3 },
    ]);
  });

  it("is a pause that neither looks again nor says why", () => {
    write(
      "e2e/some.test.ts",
      `it("waits", async () => {
  await sleep(10);
  // The lease runs out.
  await sleep(10);
  while (!done()) await sleep(10);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await finished;
});`,
    );
    expect(pausesForAnEvent(root).map(({ line }) => line)).toEqual([2, 6]);
  });

  it("is a circle of files, and an arrow against the best order of rooms", () => {
    const imports = new Map([
      ["d/pass/a.ts", ["d/push/b.ts", "d/push/c.ts"]],
      ["d/push/b.ts", ["d/low/e.ts"]],
      ["d/push/c.ts", ["d/low/e.ts"]],
      ["d/low/e.ts", ["d/push/b.ts"]],
    ]);
    expect(circles(imports)).toEqual([["d/low/e.ts", "d/push/b.ts"]]);
    expect(arrowsBackUp(imports, "d")).toHaveLength(1);
    expect(arrowsBackUp(new Map([...imports].slice(0, 3)), "d")).toEqual([]);
  });
});
