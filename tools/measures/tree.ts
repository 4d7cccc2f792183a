import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { definedTwice } from "../check/exported-names.ts";
import { declaredOperations } from "./operations.ts";
import { children, isTest, lineOf, type Node, nameOf, type Source, sourcesIn, walk } from "./syntax.ts";

/** Exported names that more than one file of the packages and apps defines, with these files; operations bear theirs on every floor. */
export function namesWithTwoDefinitions(root: string): Record<string, string[]> {
  const operations = new Set(declaredOperations(root).map(({ path }) => path.split(".").at(-1)));
  const sources = sourcesIn(root, ["packages/*/src/**/*.ts", "apps/*/src/**/*.{ts,tsx}"]);
  const own = (file: string) => file.slice(root.length + 1);
  return definedTwice(
    sources.filter(({ path }) => !isTest(path)).map(({ path }) => join(root, path)),
    (name, file) =>
      (operations.has(name) && /^(packages\/(contracts|core|router)|apps\/(cli|server))\//.test(own(file))) ||
      (name === "area" && file.endsWith("/area.ts")),
  );
}

/** Files of core, without its tests, that name an agent's kind; names of stored fields (`codex_session_path`) are JSON's and do not count. */
export function filesThatName(root: string, kind: string): string[] {
  return sourcesIn(root, ["packages/core/src/**/*.ts"])
    .filter(
      ({ path, text }) =>
        !isTest(path) &&
        text
          .toLowerCase()
          .replaceAll(new RegExp(`\\w*${kind}_\\w+`, "g"), "")
          .includes(kind),
    )
    .map(({ path }) => path);
}

/** Which file imports which, types included. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/** The imports of a tree's packages and apps, as dependency-cruiser resolves them with the tree's own rules. */
export function importsOf(root: string): Imports {
  const argv = ["--config", ".dependency-cruiser.mjs", "--output-type", "json", "packages", "apps"];
  const text = execFileSync(join(root, "node_modules/.bin/depcruise"), argv, {
    cwd: root,
    maxBuffer: 2 ** 28,
    encoding: "utf8",
  });
  const { modules } = JSON.parse(text) as { modules: { source: string; dependencies: { resolved: string }[] }[] };
  const own = (path: string) => /^(packages|apps)\/[^/]+\/src\//.test(path);
  return new Map(
    modules
      .filter(({ source }) => own(source))
      .map(({ source, dependencies }) => [source, dependencies.map(({ resolved }) => resolved).filter(own)]),
  );
}

/** Circles of files that import each other: groups in which each leads to every other (Tarjan). */
export function circles(imports: Imports): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): void => {
    order.set(file, order.size);
    low.set(file, order.get(file) as number);
    stack.push(file);
    for (const next of imports.get(file) ?? []) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) low.set(file, Math.min(low.get(file) as number, low.get(next) as number));
    }
    if (low.get(file) !== order.get(file)) return;
    const group = stack.splice(stack.indexOf(file));
    if (group.length > 1) found.push(group.sort());
  };
  for (const file of imports.keys()) if (!order.has(file)) visit(file);
  return found;
}

/**
 * Arrows between the sub-folders of a folder that run against their best order: what is left over when the folders are
 * put on floors so that as few as possible point up. Files directly in the folder, and tests, do not count.
 */
export function arrowsBackUp(imports: Imports, folder: string): string[] {
  const roomOf = (file: string) =>
    file.startsWith(`${folder}/`) ? /^([^/]+)\//.exec(file.slice(folder.length + 1))?.[1] : undefined;
  const arrows = new Set<string>();
  for (const [file, targets] of imports) {
    const from = roomOf(file);
    if (from === undefined || isTest(file)) continue;
    for (const target of targets) {
      const to = roomOf(target);
      if (to !== undefined && to !== from) arrows.add(`${from} -> ${to}`);
    }
  }
  const rooms = [...new Set([...arrows].flatMap((arrow) => arrow.split(" -> ")))].sort();
  return against(rooms, arrows);
}

/** The fewest arrows that an order of the rooms leaves pointing up, by trying which room may stand lowest (memoised). */
function against(rooms: readonly string[], arrows: ReadonlySet<string>): string[] {
  const best = new Map<number, string[]>();
  const solve = (left: number): string[] => {
    if (left === 0) return [];
    const known = best.get(left);
    if (known !== undefined) return known;
    let least: string[] | undefined;
    for (const [index, room] of rooms.entries()) {
      if ((left & (1 << index)) === 0) continue;
      const others = left & ~(1 << index);
      const up = rooms.filter((_, at) => (others & (1 << at)) !== 0).map((higher) => `${room} -> ${higher}`);
      const wrong = [...up.filter((arrow) => arrows.has(arrow)), ...solve(others)];
      if (least === undefined || wrong.length < least.length) least = wrong;
    }
    best.set(left, least ?? []);
    return least ?? [];
  };
  return solve((1 << rooms.length) - 1);
}

/** A pause in a test. */
export interface Pause {
  file: string;
  line: number;
}

const PAUSES = new Set(["setTimeout", "sleep", "pause", "delay"]);

/**
 * Pauses in tests that stand for an event: `await` of a time that passes, outside of a loop which looks whether something
 * has come, and without a comment directly above, behind it or above the constant that it takes, which says why the time
 * itself is meant.
 */
export function pausesForAnEvent(root: string): Pause[] {
  const tests = sourcesIn(root, [
    "packages/**/*.test.ts",
    "apps/**/*.test.{ts,tsx}",
    "tools/**/*.test.ts",
    "e2e/**/*.test.ts",
  ]);
  return tests.flatMap((source) =>
    [...walk(source.program)]
      .filter(([node, around]) => isPause(node) && !looksAgain(around) && !isExplained(source, node, around))
      .map(([node]) => ({ file: source.path, line: lineOf(source.text, node.start) })),
  );
}

function isPause(node: Node): boolean {
  if (node.type !== "AwaitExpression") return false;
  const awaited = node["argument"] as Node;
  if (awaited.type === "CallExpression") return PAUSES.has(nameOf(awaited["callee"]) ?? "");
  if (awaited.type !== "NewExpression" || nameOf(awaited["callee"]) !== "Promise") return false;
  const [executor] = awaited["arguments"] as Node[];
  const body = executor?.["body"] as Node | undefined;
  const only = body?.type === "BlockStatement" ? (body["body"] as Node[]) : [body];
  return only.length === 1 && only[0] !== undefined && callsTimer(only[0]);
}

const callsTimer = (node: Node): boolean =>
  node.type === "CallExpression"
    ? nameOf(node["callee"]) === "setTimeout"
    : children(node).length === 1 && children(node).every(callsTimer);

/** Inside a loop that ends when something has come. */
function looksAgain(around: readonly Node[]): boolean {
  const own = around.slice(around.findLastIndex(({ type }) => /Function/.test(type)) + 1);
  return own.some(
    ({ type, test }) =>
      type === "WhileStatement" || type === "DoWhileStatement" || (type === "ForStatement" && test === null),
  );
}

function isExplained({ text }: Source, node: Node, around: readonly Node[]): boolean {
  const statement = around.findLast(({ type }) => type.endsWith("Statement") || type === "VariableDeclaration") ?? node;
  const line = lineOf(text, statement.start);
  const lines = text.split("\n");
  const constant = /\b[A-Z][A-Z_]+\b/.exec(text.slice(node.start, node.end))?.[0];
  const declared = lines.findIndex((own) => own.startsWith(`const ${constant} =`));
  if (declared > 0 && /\*\/$/.test(lines[declared - 1] ?? "")) return true;
  return /^\s*(\/\/|\*)/.test(lines[line - 2] ?? "") || /\/\/ \S/.test(lines[line - 1] ?? "");
}

/** Test files by project, as `vitest.config.ts` sorts them. */
export function testFiles(root: string): { unit: string[]; e2e: string[] } {
  const list = (project: string) => {
    const argv = ["list", "--filesOnly", "--project", project, "--json"];
    const text = execFileSync(join(root, "node_modules/.bin/vitest"), argv, {
      cwd: root,
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    });
    return (JSON.parse(text.slice(text.indexOf("["))) as { file: string }[]).map(({ file }) =>
      file.slice(root.length + 1),
    );
  };
  return { unit: list("unit"), e2e: list("e2e") };
}
