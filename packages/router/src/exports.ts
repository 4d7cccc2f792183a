import { mutation, router } from "./trpc.ts";

export const exportsRouter = router({
  exportTask: mutation("exports.exportTask", () => import("@conveyor/core/exports/export-task")),
  importExport: mutation("exports.importExport", () => import("@conveyor/core/exports/import-export")),
});
