import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ConveyorError } from "@conveyor/contracts/errors";

/** As the repository and the published package call it. */
const PACKAGE_NAMES: readonly unknown[] = ["conveyor", "agent-conveyor"];

/** This program as it is installed. */
export interface PackageInfo {
  name: string;
  /** Folder that holds the program, its skills and its plugin. */
  root: string;
  version: string;
}

/** Find the installed package: the nearest folder above this code whose package.json carries the program's name. */
export function packageInfo(from: string = dirname(fileURLToPath(import.meta.url))): PackageInfo {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = readPackage(folder);
    if (found !== undefined) return found;
    if (folder === dirname(folder)) {
      throw new ConveyorError("internal", "the installation is incomplete: its package.json was not found", {
        hint: "install it again",
        details: { searched_from: from },
      });
    }
  }
}

function readPackage(root: string): PackageInfo | undefined {
  const file = join(root, "package.json");
  if (!existsSync(file)) return undefined;
  const { name, version } = JSON.parse(readFileSync(file, "utf8")) as { name?: unknown; version?: unknown };
  if (!PACKAGE_NAMES.includes(name) || typeof version !== "string") return undefined;
  return { name: String(name), root, version };
}
