import * as driftOperations from "@conveyor/contracts/drift";
import * as installationOperations from "@conveyor/contracts/installation";
import * as systemOperations from "@conveyor/contracts/system";
import * as system from "@conveyor/core/system";
import { mutation, query, router } from "./trpc.ts";

export const systemRouter = router({
  doctor: query(systemOperations.doctor, system.doctor),
  dbDoctor: mutation(systemOperations.dbDoctor, system.dbDoctor),
  doctorSelf: query(installationOperations.doctorSelf, system.doctorSelf),
  adoptLedger: mutation(installationOperations.adoptLedger, system.adoptLedger),
  installSkills: mutation(installationOperations.installSkills, (ctx, input) => system.installSkills(ctx, input)),
  reconcile: query(driftOperations.reconcile, system.reconcile),
  applyReconcile: mutation(driftOperations.applyReconcile, system.applyReconcile),
});
