import {
  declaredExports,
  lineOf,
  membersOf,
  type Node,
  nameOf,
  type Source,
  sourcesIn,
  stringOf,
  walk,
} from "./syntax.ts";

/** An operation as its contract declares it. */
export interface Declared {
  path: string;
  /** Name under which the contract exports it. */
  exported: string;
  command: string | undefined;
  /** The command line does it itself, because it is about this process: no router serves it. */
  here: boolean;
  file: string;
}

/** Every operation that the contracts of a tree declare. */
export function declaredOperations(root: string): Declared[] {
  return sourcesIn(root, ["packages/contracts/src/**/*.ts"]).flatMap((source) =>
    [...declaredExports(source)].flatMap(([exported, { init }]) => {
      const facts = membersOf(((init as Node | null)?.["arguments"] as Node[] | undefined)?.[0]);
      const path = stringOf(facts.get("path"));
      if (nameOf((init as Node | null)?.["callee"]) !== "operation" || path === undefined) return [];
      const cli = membersOf(facts.get("cli"));
      return [
        {
          path,
          exported,
          command: stringOf(cli.get("command")),
          here: stringOf(facts.get("kind")) === "local" || cli.has("here"),
          file: source.path,
        },
      ];
    }),
  );
}

/** A procedure whose name is not the same on every floor. */
export interface Differing {
  path: string;
  contract: string;
  router: string | undefined;
  core: string | undefined;
}

/**
 * Procedures that contract, router and core do not call alike. What the router calls is read from its lines: a line
 * names its function as a member of an area of core, or loads the file which exports a function of the path's name.
 */
export function differingNames(root: string): Differing[] {
  const lines = new Map(routerLines(root).map((line) => [line.path ?? `${line.contract}`, line]));
  return declaredOperations(root).flatMap(({ path, exported, here }) => {
    if (here) return [];
    const [area = "", name] = path.split(".");
    const line = lines.get(path) ?? lines.get(`${area}:${exported}`);
    const found = { path, contract: exported, router: line?.name, core: line?.core };
    return exported === name && found.router === name && found.core === name ? [] : [found];
  });
}

interface RouterLine {
  /** Key in the router. */
  name: string;
  path: string | undefined;
  /** `area:name` of the contract that it hands on, where it names no path. */
  contract: string | undefined;
  /** The function of core that it calls. */
  core: string | undefined;
}

function routerLines(root: string): RouterLine[] {
  const core = new Map(sourcesIn(root, ["packages/core/src/**/*.ts"]).map((source) => [source.path, source]));
  return sourcesIn(root, ["packages/router/src/*.ts"]).flatMap((source) => {
    const area = source.path.replace(/^.*\/|\.ts$/g, "");
    return [...walk(source.program)].flatMap(([node]) => {
      if (node.type !== "CallExpression" || nameOf(node["callee"]) !== "router") return [];
      return [...membersOf((node["arguments"] as Node[])[0])].flatMap(([name, call]) => {
        const [contract, implementation] = (call["arguments"] as Node[] | undefined) ?? [];
        if (contract === undefined || implementation === undefined) return [];
        const path = stringOf(contract);
        const called = path === undefined ? memberOf(implementation) : loadedFunction(implementation, path, core);
        return [{ name, path, contract: `${area}:${memberOf(contract)}`, core: called }];
      });
    });
  });
}

/** The last name of `area.verb`, or of what a function calls that only hands on. */
function memberOf(node: Node): string | undefined {
  const body = node["body"] as Node | undefined;
  if (body?.type === "CallExpression") return memberOf(body["callee"] as Node);
  return nameOf(node["property"]) ?? nameOf(node);
}

/** The function named like the path's end, when the file that is loaded exports one of that name. */
function loadedFunction(implementation: Node, path: string, core: ReadonlyMap<string, Source>): string | undefined {
  const imported = [...walk(implementation)].map(([node]) => node).find(({ type }) => type === "ImportExpression");
  const place = stringOf(imported?.["source"])?.replace("@conveyor/core/", "packages/core/src/");
  const source = core.get(`${place}.ts`) ?? core.get(`${place}`);
  const name = path.split(".")[1] ?? "";
  if (source === undefined) return undefined;
  return declaredExports(source).has(name) ? name : [...declaredExports(source).keys()].join(", ");
}

/** A list of operations that somebody keeps by hand. */
export interface HandList {
  file: string;
  line: number;
  /** How many commands, paths or areas it names. */
  names: number;
}

/** What can be listed: every command, every path, every area; and how much of it makes a literal a list of all. */
const vocabulariesOf = (operations: readonly Declared[]) => [
  { words: new Set(operations.flatMap(({ command }) => command ?? [])), share: 0.25 },
  { words: new Set(operations.map(({ path }) => path)), share: 0.25 },
  { words: new Set(operations.map(({ path }) => path.split(".")[0] ?? "")), share: 0.6 },
];

/**
 * Array and object literals that name much of all operations: a quarter of the commands or of the paths, or more than
 * half of the areas, as texts, keys or members; fewer are examples. The router's files of areas are left out, which are
 * the contents of the house; so are what a build makes and the scenario of the recorder, which says itself what it misses.
 */
export function handLists(root: string): HandList[] {
  const vocabularies = vocabulariesOf(declaredOperations(root));
  const isList = (node: Node) => vocabularies.some(({ words, share }) => countOf(node, words) >= words.size * share);
  return sourcesIn(root, ["packages/**/*.ts", "apps/**/*.{ts,tsx}", "tools/**/*.ts", "e2e/**/*.ts", "bench/**/*.ts"])
    .filter(({ path }) => !/^packages\/router\/src\/(?!app-router)|^tools\/record\//.test(path))
    .flatMap(({ path, text, program }) =>
      outermost(program, isList).map((node) => ({
        file: path,
        line: lineOf(text, node.start),
        names: Math.max(...vocabularies.map(({ words }) => countOf(node, words))),
      })),
    );
}

/** The outermost literals that fit. */
function outermost(node: Node, fits: (node: Node) => boolean): Node[] {
  const found: Node[] = [];
  for (const [one, around] of walk(node)) {
    const isLiteral = one.type === "ArrayExpression" || one.type === "ObjectExpression";
    if (isLiteral && !around.some((outer) => found.includes(outer)) && fits(one)) found.push(one);
  }
  return found;
}

/** How many different words of a vocabulary a literal lists: as elements, keys, members, or in literals inside of it. */
function countOf(literal: Node, words: ReadonlySet<string>): number {
  return new Set([...listed(literal, NESTED)].filter((word) => words.has(word))).size;
}

/** How deep the literals lie that still belong to a list. */
const NESTED = 3;

function* listed(node: Node, depth: number): Generator<string> {
  if (node.type === "SpreadElement") return yield* listed(node["argument"] as Node, depth);
  if (node.type === "Property") {
    yield nameOf(node["key"]) ?? "";
    return yield* listed(node["value"] as Node, depth);
  }
  yield stringOf(node) ?? (node.type === "MemberExpression" ? nameOf(node["property"]) : undefined) ?? "";
  if (depth === 0) return;
  for (const part of (node["elements"] ?? node["properties"] ?? []) as (Node | null)[]) {
    if (part !== null) yield* listed(part, depth - 1);
  }
}
