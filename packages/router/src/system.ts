import { mutation, query, router } from "./trpc.ts";

export const systemRouter = router({
  doctor: query("system.doctor", () => import("@conveyor/core/system/doctor")),
  dbDoctor: mutation("system.dbDoctor", () => import("@conveyor/core/system/db-doctor")),
  dbStats: query("system.dbStats", () => import("@conveyor/core/system/db-stats")),
  backup: mutation("system.backup", () => import("@conveyor/core/system/backup")),
  restore: mutation("system.restore", () => import("@conveyor/core/system/restore")),
  doctorSelf: query("system.doctorSelf", () => import("@conveyor/core/system/doctor-self")),
  adoptLedger: mutation("system.adoptLedger", () => import("@conveyor/core/system/adopt-ledger")),
  installSkills: mutation("system.installSkills", () => import("@conveyor/core/system/install-skills")),
  listSkills: query("system.listSkills", () => import("@conveyor/core/system/list-skills")),
  showSkill: query("system.showSkill", () => import("@conveyor/core/system/show-skill")),
  installPlugin: mutation("system.installPlugin", () => import("@conveyor/core/system/install-plugin")),
  pluginStatus: query("system.pluginStatus", () => import("@conveyor/core/system/plugin-status")),
  pluginPath: query("system.pluginPath", () => import("@conveyor/core/system/plugin-path")),
  reconcile: query("system.reconcile", () => import("@conveyor/core/system/reconcile")),
  applyReconcile: mutation("system.applyReconcile", () => import("@conveyor/core/system/reconcile")),
});
