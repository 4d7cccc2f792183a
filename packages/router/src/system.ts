import { operations } from "@conveyor/contracts";
import { system } from "@conveyor/core";
import { mutation, query, router } from "./trpc.ts";

export const systemRouter = router({
  doctor: query(operations.system.doctor, system.doctor),
  dbDoctor: mutation(operations.system.dbDoctor, system.dbDoctor),
  doctorSelf: query(operations.system.doctorSelf, system.doctorSelf),
  installSkills: mutation(operations.system.installSkills, (ctx, input) => system.installSkills(ctx, input)),
  reconcile: query(operations.system.reconcile, system.reconcile),
  applyReconcile: mutation(operations.system.applyReconcile, system.applyReconcile),
});
