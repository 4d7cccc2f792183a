export { dbDoctor } from "./db-doctor.ts";
export { doctor } from "./doctor.ts";
export { doctorSelf } from "./doctor-self.ts";
export { type LegacyFolder, legacyFolders } from "./legacy-folders.ts";
export { type LiveReconcile, liveReconcile } from "./live-reconcile.ts";
export { type PackageInfo, packageInfo } from "./package-info.ts";
export { pluginStatus } from "./plugin-status.ts";
export { applyReconcile, reconcile } from "./reconcile.ts";
export { BUNDLED_SKILLS, installSkills } from "./skills.ts";
