import { mutation, query, router } from "./trpc.ts";

export const criteriaRouter = router({
  list: query("criteria.list", () => import("@conveyor/core/criteria/list")),
  plan: query("criteria.plan", () => import("@conveyor/core/criteria/plan")),
  applyPlan: mutation("criteria.applyPlan", () => import("@conveyor/core/criteria/plan")),
  add: mutation("criteria.add", () => import("@conveyor/core/criteria/add")),
  accept: mutation("criteria.accept", () => import("@conveyor/core/criteria/change")),
  satisfy: mutation("criteria.satisfy", () => import("@conveyor/core/criteria/change")),
  defer: mutation("criteria.defer", () => import("@conveyor/core/criteria/change")),
  reject: mutation("criteria.reject", () => import("@conveyor/core/criteria/change")),
  edit: mutation("criteria.edit", () => import("@conveyor/core/criteria/edit")),
  attach: mutation("criteria.attach", () => import("@conveyor/core/criteria/attach")),
  merge: mutation("criteria.merge", () => import("@conveyor/core/criteria/edit")),
  history: query("criteria.history", () => import("@conveyor/core/criteria/edit")),
  waive: mutation("criteria.waive", () => import("@conveyor/core/criteria/waive")),
  unwaive: mutation("criteria.unwaive", () => import("@conveyor/core/criteria/waive")),
});
