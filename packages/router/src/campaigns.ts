import { mutation, query, router, subscription } from "./trpc.ts";

export const campaignsRouter = router({
  list: query("campaigns.list", () => import("@conveyor/core/campaigns/status")),
  status: query("campaigns.status", () => import("@conveyor/core/campaigns/status")),
  dashboard: query("campaigns.dashboard", () => import("@conveyor/core/campaigns/dashboard")),
  closeout: query("campaigns.closeout", () => import("@conveyor/core/campaigns/closeout")),
  history: query("campaigns.history", () => import("@conveyor/core/campaigns/history")),
  onChange: subscription("campaigns.onChange", () => import("@conveyor/core/campaigns/history")),
  create: mutation("campaigns.create", () => import("@conveyor/core/campaigns/create")),
  update: mutation("campaigns.update", () => import("@conveyor/core/campaigns/update")),
  addSlot: mutation("campaigns.addSlot", () => import("@conveyor/core/campaigns/add-slot")),
  attachSlot: mutation("campaigns.attachSlot", () => import("@conveyor/core/campaigns/attach-slot")),
  rotateSlot: mutation("campaigns.rotateSlot", () => import("@conveyor/core/campaigns/rotate-slot")),
  archiveSlot: mutation("campaigns.archiveSlot", () => import("@conveyor/core/campaigns/archive-slot")),
  brief: mutation("campaigns.brief", () => import("@conveyor/core/campaigns/brief")),
  assign: mutation("campaigns.assign", () => import("@conveyor/core/campaigns/assign")),
  assignment: mutation("campaigns.assignment", () => import("@conveyor/core/campaigns/assign")),
  asset: mutation("campaigns.asset", () => import("@conveyor/core/campaigns/asset")),
  review: mutation("campaigns.review", () => import("@conveyor/core/campaigns/asset")),
  close: mutation("campaigns.close", () => import("@conveyor/core/campaigns/closeout")),
  exportCampaign: mutation("campaigns.exportCampaign", () => import("@conveyor/core/campaigns/export-campaign")),
});
