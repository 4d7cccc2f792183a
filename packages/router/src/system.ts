import { operations } from "@conveyor/contracts";
import { system } from "@conveyor/core";
import { mutation, query, router } from "./trpc.ts";

export const systemRouter = router({
  doctor: query(operations.system.doctor, system.doctor),
  dbDoctor: mutation(operations.system.dbDoctor, system.dbDoctor),
});
