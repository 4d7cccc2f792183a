import { mutation, query, router } from "./trpc.ts";

export const contractRouter = router({
  configure: mutation("contract.configure", () => import("@conveyor/core/contract/configure")),
  configHistory: query("contract.configHistory", () => import("@conveyor/core/contract/config-history")),
  questions: query("contract.questions", () => import("@conveyor/core/contract/questions")),
  interview: mutation("contract.interview", () => import("@conveyor/core/contract/interview")),
  checkPermission: mutation("contract.checkPermission", () => import("@conveyor/core/contract/check-permission")),
  listRecipes: query("contract.listRecipes", () => import("@conveyor/core/contract/recipes")),
  showRecipe: query("contract.showRecipe", () => import("@conveyor/core/contract/recipes")),
  workerAck: query("contract.workerAck", () => import("@conveyor/core/contract/acknowledgements")),
  recordWorkerAck: mutation("contract.recordWorkerAck", () => import("@conveyor/core/contract/acknowledgements")),
  managerAck: query("contract.managerAck", () => import("@conveyor/core/contract/acknowledgements")),
  recordManagerAck: mutation("contract.recordManagerAck", () => import("@conveyor/core/contract/acknowledgements")),
  requestCompact: mutation("contract.requestCompact", () => import("@conveyor/core/contract/compact")),
  compactWorker: mutation("contract.compactWorker", () => import("@conveyor/core/contract/compact")),
  grant: mutation("contract.grant", () => import("@conveyor/core/contract/grants")),
  listGrants: query("contract.listGrants", () => import("@conveyor/core/contract/grants")),
  revokeGrant: mutation("contract.revokeGrant", () => import("@conveyor/core/contract/grants")),
  listOperatorItems: query("contract.listOperatorItems", () => import("@conveyor/core/contract/operator")),
  approve: mutation("contract.approve", () => import("@conveyor/core/contract/operator")),
  decline: mutation("contract.decline", () => import("@conveyor/core/contract/operator")),
  handoff: mutation("contract.handoff", () => import("@conveyor/core/contract/handoff")),
});
