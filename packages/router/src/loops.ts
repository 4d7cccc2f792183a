import { mutation, query, router } from "./trpc.ts";

export const loopsRouter = router({
  listTemplates: query("loops.listTemplates", () => import("@conveyor/core/loops/list-templates")),
  showTemplate: query("loops.showTemplate", () => import("@conveyor/core/loops/list-templates")),
  createFromTemplate: mutation("loops.createFromTemplate", () => import("@conveyor/core/loops/list-templates")),
  listPresets: query("loops.listPresets", () => import("@conveyor/core/loops/list-presets")),
  showPreset: query("loops.showPreset", () => import("@conveyor/core/loops/list-presets")),
  createFromPreset: mutation("loops.createFromPreset", () => import("@conveyor/core/loops/list-presets")),
  listRuns: query("loops.listRuns", () => import("@conveyor/core/loops/runs")),
  createRun: mutation("loops.createRun", () => import("@conveyor/core/loops/runs")),
  showRun: query("loops.showRun", () => import("@conveyor/core/loops/runs")),
  finishRun: mutation("loops.finishRun", () => import("@conveyor/core/loops/runs")),
  addEvidence: mutation("loops.addEvidence", () => import("@conveyor/core/loops/evidence")),
  buildPassed: mutation("loops.buildPassed", () => import("@conveyor/core/loops/evidence")),
  adversarialCheck: mutation("loops.adversarialCheck", () => import("@conveyor/core/loops/evidence")),
  recordVisualDiff: mutation("loops.recordVisualDiff", () => import("@conveyor/core/loops/record-visual-diff")),
  listTriggers: query("loops.listTriggers", () => import("@conveyor/core/loops/classify")),
  classifyPrompt: query("loops.classifyPrompt", () => import("@conveyor/core/loops/classify")),
  classifyText: query("loops.classifyText", () => import("@conveyor/core/loops/classify")),
});
