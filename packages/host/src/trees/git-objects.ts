import { createHash } from "node:crypto";
import type { TreeEntry } from "./entries.ts";

interface Folder {
  files: Map<string, TreeEntry>;
  folders: Map<string, Folder>;
}

/** What git names the tree of these entries, as `git write-tree` would. Pure. */
export function gitTreeHash(entries: readonly TreeEntry[], format: string): string {
  const top: Folder = { files: new Map(), folders: new Map() };
  for (const entry of entries) {
    const names = entry.path.split("/");
    let at = top;
    for (const name of names.slice(0, -1)) {
      const next = at.folders.get(name) ?? { files: new Map(), folders: new Map() };
      at.folders.set(name, next);
      at = next;
    }
    at.files.set(names.at(-1) ?? "", entry);
  }
  return folderHash(top, format);
}

function folderHash({ files, folders }: Folder, format: string): string {
  const lines = [
    // git orders a folder as if its name ended with a slash.
    ...[...folders].map(([name, folder]) => ({
      by: `${name}/`,
      name,
      mode: "40000",
      digest: folderHash(folder, format),
    })),
    ...[...files].map(([name, { mode, digest }]) => ({ by: name, name, mode, digest })),
  ].map(({ by, name, mode, digest }) => ({
    by: Buffer.from(by),
    bytes: Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(digest, "hex")]),
  }));
  lines.sort((one, other) => Buffer.compare(one.by, other.by));
  const body = Buffer.concat(lines.map(({ bytes }) => bytes));
  return createHash(format).update(`tree ${body.length}\0`).update(body).digest("hex");
}
