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
  reconcile: query("system.reconcile", () => import("@conveyor/core/system/reconcile")),
  applyReconcile: mutation("system.applyReconcile", () => import("@conveyor/core/system/reconcile")),
});
