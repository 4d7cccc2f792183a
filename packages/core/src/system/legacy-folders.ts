import { workerFolders } from "../shared/worker-files.ts";

/** A folder of the older worker commands, with what its worker last said about itself. */
export interface LegacyFolder {
  name: string;
  config_path: string;
  status: Record<string, unknown> | null;
}

/** The worker folders below a state root, by name (spec 07 §7.3). A missing state root has none. */
export function legacyFolders(state_root: string): LegacyFolder[] {
  return workerFolders(state_root).map((folder) => ({
    name: folder.name,
    config_path: folder.file("config.json"),
    status: folder.readJson("status.json").value,
  }));
}
