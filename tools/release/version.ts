import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../build/build.ts";

const VERSION = /^(\d+)\.(\d+)\.(\d+)$/;
const UNRELEASED = "## [Unreleased]";

/** Where the version stands. The other packages of the repository are published as parts of this one and keep theirs. */
const PLACES = [
  { file: "package.json", line: (version: string) => `  "version": "${version}",` },
  { file: "packages/contracts/src/version.ts", line: (version: string) => `export const VERSION = "${version}";` },
] as const;

/** Whether the first version is later than the second. Pure. */
export function isLater(wanted: string, current: string): boolean {
  const [a, b] = [wanted, current].map((text) => VERSION.exec(text)?.slice(1).map(Number));
  if (a === undefined || b === undefined) return false;
  const at = a.findIndex((part, index) => part !== b[index]);
  return at !== -1 && (a[at] as number) > (b[at] as number);
}

/**
 * The changelog with what was unreleased under a version and a day, and an empty list of unreleased changes above it. Pure.
 * Throws when there is nothing to release.
 */
export function releasedChangelog(changelog: string, version: string, day: string): string {
  const [before, after, ...others] = changelog.split(`${UNRELEASED}\n`);
  if (before === undefined || after === undefined || others.length > 0)
    throw new Error(`CHANGELOG.md needs one line ${UNRELEASED}`);
  const [changes = ""] = after.split(/^## \[/m);
  if (!/^- /m.test(changes)) throw new Error("nothing is unreleased: CHANGELOG.md lists no change");
  return `${before}${UNRELEASED}\n\n## [${version}] - ${day}\n${after}`;
}

/** Write a version everywhere it stands, and date what the changelog lists. Throws before anything is written. */
export function release(folder: string, version: string, day: string): void {
  const current = (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string }).version;
  if (!isLater(version, current)) throw new Error(`${version} is no version after ${current}, such as 1.2.3`);
  const changelog = join(folder, "CHANGELOG.md");
  const changes = new Map([[changelog, releasedChangelog(readFileSync(changelog, "utf8"), version, day)]]);
  for (const { file, line } of PLACES) {
    const path = join(folder, file);
    const source = readFileSync(path, "utf8");
    if (!source.includes(line(current))) throw new Error(`${file} does not say ${line(current).trim()}`);
    changes.set(path, source.replace(line(current), line(version)));
  }
  for (const [path, text] of changes) writeFileSync(path, text);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [version = ""] = process.argv.slice(2);
  try {
    release(root, version, new Date().toISOString().slice(0, 10));
    process.stdout.write(
      `version ${version} is written; next:\n  git commit -am "Version ${version}" && git tag v${version}\n  git push --follow-tags\n`,
    );
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\nhint: pnpm release:version 1.2.3\n`);
    process.exitCode = 2;
  }
}
