import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const repository = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** Where `pnpm dev` and `pnpm cli` keep what they need: a ledger of their own, and the page as it was last built. */
export interface Place {
  state_root: string;
  ledger_path: string;
  page: string;
}

/** The place for work on Conveyor itself, made when missing. Default folder: `.dev`, which git ignores. */
export function devPlace(folder: string = process.env["CONVEYOR_DEV_FOLDER"] || join(repository, ".dev")): Place {
  const state_root = join(folder, "state");
  mkdirSync(state_root, { recursive: true, mode: 0o700 });
  return { state_root, ledger_path: join(state_root, "workerctl.db"), page: join(folder, "page") };
}
