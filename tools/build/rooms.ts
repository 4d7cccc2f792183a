import { relative } from "node:path";
import { type BuildOptions, build as bundle, type Metafile, type Plugin } from "esbuild";

/** A module of the program, by its path from the root of the repository. */
type ModulePath = string;

/** Which file of the program each module lies in, and what each file must hand out to the others. */
export interface Rooms {
  of: ReadonlyMap<ModulePath, string>;
  asked: ReadonlyMap<string, ReadonlySet<ModulePath>>;
}

/** The file that every operation needs. */
const BASE = "base";

/**
 * Divide what is reached from these entries into files, so that a process reads and compiles what its operation needs and
 * not the program: what the first entry imports at once is one file, everything else one file for each folder of a package
 * and for each package of others.
 */
export async function planRooms(
  options: BuildOptions,
  base: ModulePath,
  entries: readonly ModulePath[],
): Promise<Rooms> {
  const { metafile } = await bundle({
    ...options,
    metafile: true,
    write: false,
    outdir: "unused",
    entryPoints: [base, ...entries],
  });
  const atOnce = reachedAtOnce(metafile, base);
  const modules = Object.keys(metafile.inputs).filter(isFile);
  const of = new Map(modules.map((path) => [path, atOnce.has(path) ? BASE : folderRoom(path)]));
  keepPackagesTogether(metafile, of);
  const asked = new Map([...new Set(of.values())].map((room) => [room, new Set<ModulePath>()]));
  const ask = (path: ModulePath): unknown => asked.get(of.get(path) ?? "")?.add(path);
  for (const path of modules)
    for (const { path: wanted } of metafile.inputs[path]?.imports ?? [])
      if (of.get(wanted) !== of.get(path)) ask(wanted);
  for (const entry of [base, ...entries]) ask(entry);
  return { of, asked };
}

/** What loading this module loads: its imports and theirs, without those that are asked for when the program runs. */
function reachedAtOnce({ inputs }: Metafile, start: ModulePath): ReadonlySet<ModulePath> {
  const reached = new Set<ModulePath>([start]);
  for (const path of reached)
    for (const { path: wanted, kind } of inputs[path]?.imports ?? [])
      if (kind !== "dynamic-import") reached.add(wanted);
  return reached;
}

/** `packages/core/src/tasks/list.ts` lies in `core-tasks`, a module of the package `ws` in `npm-ws`. */
function folderRoom(path: ModulePath): string {
  const installed = /^(?:.*\/)?node_modules\/(?:@([^/]+)\/)?([^/]+)\//.exec(path);
  if (installed !== null) return ["npm", installed[1], installed[2]].filter(Boolean).join("-");
  const [, name = "", , folder = ""] = path.split("/");
  return folder.includes(".") ? name : `${name}-${folder}`;
}

/**
 * Packages of others that import each other lie in one file: what an import of theirs means depends on the form that each is
 * written in, and only a bundler that sees both knows it.
 */
function keepPackagesTogether({ inputs }: Metafile, of: Map<ModulePath, string>): void {
  const isInstalled = (room: string | undefined): room is string => room?.startsWith("npm-") === true;
  for (const path of of.keys()) {
    for (const { path: wanted } of inputs[path]?.imports ?? []) {
      const [own, other] = [of.get(path), of.get(wanted)];
      if (!isInstalled(own) || !isInstalled(other) || own === other) continue;
      for (const [module, room] of of) if (room === other) of.set(module, own);
    }
  }
}

/** What stands in a file is found by its path; modules that a plugin makes up are everybody's own. */
function isFile(path: ModulePath): boolean {
  return !path.includes(":");
}

/** The source of a file's entry: an object that gives each module that others ask for when they do. */
export function roomEntry(rooms: Rooms, room: string): string {
  const members = [...(rooms.asked.get(room) ?? [])].sort();
  return `module.exports = { ${members.map((path) => `get ${JSON.stringify(path)}() { return require("./${path}"); }`).join(", ")} };`;
}

/** While this room is bundled, leave modules of other rooms to the files that `fileOf` names. */
export function leaveToRooms(rooms: Rooms, room: string, root: string, fileOf: (room: string) => string): Plugin {
  const resolving = Symbol("resolving");
  return {
    name: "rooms",
    setup(build) {
      build.onResolve({ filter: /(?:)/, namespace: "file" }, async ({ path, pluginData, ...from }) => {
        if (pluginData === resolving || from.kind === "entry-point") return undefined;
        const found = await build.resolve(path, { ...from, pluginData: resolving });
        // What a package only tries to load is the bundler's to judge.
        if (found.errors.length > 0) return undefined;
        if (found.external || found.namespace !== "file") return found;
        const module = relative(root, found.path);
        const other = rooms.of.get(module);
        if (other === undefined || other === room) return found;
        // The name decides how it is read: what hands a module on is CommonJS, whatever the module is.
        return { path: `${module}.cjs`, namespace: "room", sideEffects: false, pluginData: { module, other } };
      });
      build.onLoad({ filter: /(?:)/, namespace: "room" }, ({ pluginData: { module, other } }) => ({
        loader: "js",
        contents: `module.exports = require("./${fileOf(other)}")[${JSON.stringify(module)}];`,
      }));
      build.onResolve({ filter: /^\.\//, namespace: "room" }, ({ path }) => ({ path, external: true }));
    },
  };
}
