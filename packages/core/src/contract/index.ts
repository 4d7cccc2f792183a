export {
  type ConfigChanges,
  type ManagerPolicy,
  type MergedConfig,
  mergeManagerConfig,
  saysAnything,
} from "./merge-config.ts";
export { normalisePermissions } from "./permissions.ts";
export {
  configCounts,
  findManagerConfig,
  managerConfigOf,
  type RecordedConfig,
  recordManagerConfig,
} from "./record-config.ts";
