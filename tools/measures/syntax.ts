import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAst } from "rolldown/parseAst";

/** A node of a syntax tree in the form of ESTree; what a kind of node has beside its kind is looked up by name. */
export interface Node {
  type: string;
  start: number;
  end: number;
  [part: string]: unknown;
}

/** A source file, parsed. */
export interface Source {
  /** From the root of the tree. */
  path: string;
  text: string;
  program: Node;
}

/** Measures look at the same files again and again. */
const parsed = new Map<string, Node>();

function parse(text: string, lang: "ts" | "tsx"): Node {
  const program = parsed.get(text) ?? (parseAst(text, { lang }) as unknown as Node);
  parsed.set(text, program);
  return program;
}

/** The source files of a tree that fit the patterns, without what a build makes. */
export function sourcesIn(root: string, patterns: readonly string[]): Source[] {
  const paths = globSync([...patterns], {
    cwd: root,
    exclude: (path) => /(^|\/)(node_modules|dist|generated)(\/|$)/.test(path),
  });
  return paths
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith(".d.ts"))
    .sort()
    .map((path) => {
      const text = readFileSync(join(root, path), "utf8");
      return { path, text, program: parse(text, path.endsWith("x") ? "tsx" : "ts") };
    });
}

/** Is it a test, or what only tests use? */
export const isTest = (path: string) => /\.test\.tsx?$|\/testing\/|^e2e\//.test(path);

const isNode = (value: unknown): value is Node => typeof (value as Node | null)?.type === "string";

/** The nodes directly below a node. */
export function children(node: Node): Node[] {
  return Object.values(node).flatMap((value) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  );
}

/** A node and all below it, with the nodes around each, outermost first. */
export function* walk(node: Node, around: readonly Node[] = []): Generator<[node: Node, around: readonly Node[]]> {
  yield [node, around];
  const inside = [...around, node];
  for (const child of children(node)) yield* walk(child, inside);
}

/** The words of a string literal, or of a template without places; undefined for anything else. */
export function stringOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === "Literal" && typeof node["value"] === "string") return node["value"];
  const quasis = node["quasis"] as { value: { cooked: string } }[] | undefined;
  return node.type === "TemplateLiteral" && quasis?.length === 1 ? quasis[0]?.value.cooked : undefined;
}

/** The name of a property, a member or an identifier. */
export function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  return node.type === "Identifier" ? (node["name"] as string) : stringOf(node);
}

/** The members of an object literal by name; spreads are left out. */
export function membersOf(node: unknown): Map<string, Node> {
  if (!isNode(node) || node.type !== "ObjectExpression") return new Map();
  const members = (node["properties"] as Node[]).filter(({ type }) => type === "Property");
  return new Map(members.map((member) => [nameOf(member["key"]) ?? "", member["value"] as Node]));
}

/** Names that a file declares and exports, with what it declares them to be; re-exports are not declarations. */
export function declaredExports({ program }: Source): Map<string, Node> {
  const found = new Map<string, Node>();
  for (const statement of program["body"] as Node[]) {
    const declaration = statement["declaration"];
    if (statement.type !== "ExportNamedDeclaration" || !isNode(declaration)) continue;
    const declared = (declaration["declarations"] as Node[] | undefined) ?? [declaration];
    for (const one of declared) {
      const name = nameOf(one["id"]);
      if (name !== undefined) found.set(name, one);
    }
  }
  return found;
}

/** The line of a place in a text, from 1. */
export const lineOf = (text: string, offset: number) => text.slice(0, offset).split("\n").length;
