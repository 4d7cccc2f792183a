import type { Env } from "@conveyor/contracts/env";
import { ConveyorError } from "@conveyor/contracts/errors";
import { changedPaths, fitsAnyGlob, gitIn, type Tree, type TreeEntry } from "@conveyor/host";
import type { DiffSpec } from "./definition.ts";
import { failedVerdict, PASSED_VERDICT, type Verdict } from "./verdict.ts";

/** Names that a reason lists. */
const NAMED = 5;

/** The full name of a commit. Throws `invalid_input` when the repository has none of this name. */
export async function commitNamed(root: string, name: string, env: Env): Promise<string> {
  const git = gitIn(root, { env });
  const found = await git(["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`]);
  if (found.exit_code === 0) return found.stdout.trim();
  throw new ConveyorError("invalid_input", `base: the repository has no commit ${JSON.stringify(name)}`, {
    hint: "name a commit, branch or tag that is there",
    details: { field: "base" },
  });
}

/** Whether what was changed since a commit, committed or not, is what may be changed (spec 09 §9.2). */
export async function diffVerdict(tree: Tree, spec: DiffSpec, env: Env): Promise<Verdict> {
  if (tree.kind !== "git") return failedVerdict("it is no git repository");
  const before = await commitEntries(tree.root, spec.base, env);
  if (before === null) return { state: "error", reason: `the commit ${spec.base} is not there` };
  return changesVerdict(changedPaths({ entries: before }, { entries: withoutInner(tree.entries, before) }), spec);
}

/** What a list of changed paths says of a rule. Pure. */
export function changesVerdict(changed: readonly string[], { max_files, allow, deny }: DiffSpec): Verdict {
  const denied = changed.filter((path) => fitsAnyGlob(path, deny));
  if (denied.length > 0) return failedVerdict(`changed, and must not be: ${named(denied)}`);
  const outside = allow.length === 0 ? [] : changed.filter((path) => !fitsAnyGlob(path, allow));
  if (outside.length > 0) return failedVerdict(`changed outside of what may be: ${named(outside)}`);
  if (max_files !== null && changed.length > max_files) {
    return failedVerdict(`${changed.length} files were changed, not at most ${max_files}`);
  }
  return PASSED_VERDICT;
}

function named(paths: readonly string[]): string {
  const more = paths.length > NAMED ? ` and ${paths.length - NAMED} more` : "";
  return `${paths.slice(0, NAMED).join(", ")}${more}`;
}

/** The files of a commit; null when it is not there. */
async function commitEntries(root: string, commit: string, env: Env): Promise<TreeEntry[] | null> {
  const git = gitIn(root, { env });
  const listed = await git(["ls-tree", "-r", "-z", "--full-tree", "--end-of-options", commit]);
  if (listed.exit_code !== 0) return null;
  return listed.stdout
    .split("\0")
    .filter((line) => line !== "")
    .map((line) => {
      const tab = line.indexOf("\t");
      const [mode = "", , digest = ""] = line.slice(0, tab).split(" ");
      return { path: line.slice(tab + 1), mode, digest };
    });
}

/** Without the files of submodules, of which a commit only knows the commit. */
function withoutInner(entries: readonly TreeEntry[], before: readonly TreeEntry[]): TreeEntry[] {
  const modules = before.filter(({ mode }) => mode === "160000").map(({ path }) => `${path}/`);
  if (modules.length === 0) return [...entries];
  return entries.filter(({ path }) => !modules.some((folder) => path.startsWith(folder)));
}
