-- Campaigns: what happened to each part of one, who reviewed an asset, slots that stand for a task (spec 06 §6.4, §6.12).
-- AlterTable
ALTER TABLE "campaign_worker_slots" ADD COLUMN "task_id" TEXT CONSTRAINT "campaign_worker_slots_task_id_fkey" REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "campaign_asset_receipts" ADD COLUMN "artifact_sha256" TEXT;
ALTER TABLE "campaign_asset_receipts" ADD COLUMN "reviewed_by" TEXT;
ALTER TABLE "campaign_asset_receipts" ADD COLUMN "reviewed_at" TEXT;

-- CreateTable
CREATE TABLE "campaign_changes" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "campaign_id" TEXT NOT NULL,
    "entity" TEXT NOT NULL,
    "entity_id" TEXT NOT NULL,
    "change" TEXT NOT NULL,
    "from_state" TEXT,
    "to_state" TEXT,
    "forced" BOOLEAN NOT NULL DEFAULT false,
    "reason" TEXT,
    "changed_by" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    CONSTRAINT "campaign_changes_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "campaign_changes_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "campaign_changes_entity_check" CHECK ("entity" IN ('campaign', 'slot', 'brief', 'assignment', 'asset')),
    CONSTRAINT "campaign_changes_change_check" CHECK ("change" IN ('created', 'updated', 'closed', 'attached', 'rotated', 'archived', 'upserted', 'status_changed', 'recorded', 'reviewed')),
    CONSTRAINT "campaign_changes_forced_check" CHECK ("forced" IN (0, 1))
);

-- CreateIndex
CREATE UNIQUE INDEX "campaign_changes_seq" ON "campaign_changes"("seq");

-- CreateIndex
CREATE INDEX "campaign_changes_campaign_id_seq" ON "campaign_changes"("campaign_id", "seq");

-- CreateIndex
CREATE INDEX "campaign_changes_entity_id_seq" ON "campaign_changes"("entity_id", "seq");

-- CreateIndex
CREATE INDEX "campaign_worker_slots_campaign_id_seq" ON "campaign_worker_slots"("campaign_id", "seq");

-- CreateIndex
CREATE INDEX "campaign_worker_slots_thread" ON "campaign_worker_slots"("codex_app_thread_id");

-- CreateIndex
CREATE INDEX "campaign_worker_slots_task" ON "campaign_worker_slots"("task_id");

-- CreateIndex
CREATE INDEX "campaign_assignments_slot_id_seq" ON "campaign_assignments"("slot_id", "seq");

-- CreateIndex
CREATE INDEX "campaign_assignments_campaign_id_slot_id_status" ON "campaign_assignments"("campaign_id", "slot_id", "status");

-- CreateIndex
CREATE INDEX "campaign_asset_receipts_slot_id_seq" ON "campaign_asset_receipts"("slot_id", "seq");

-- CreateIndex
CREATE INDEX "campaign_asset_receipts_campaign_id_slot_id_status" ON "campaign_asset_receipts"("campaign_id", "slot_id", "status");

-- Working trees of git that were made for agents (spec 10 §10.6).
-- CreateTable
CREATE TABLE "worktrees" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "updated_seq" INTEGER NOT NULL,
    "host_id" TEXT NOT NULL,
    "repository" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "branch" TEXT NOT NULL,
    "made_branch" BOOLEAN NOT NULL,
    "base_commit" TEXT NOT NULL,
    "task_id" TEXT,
    "session_id" TEXT,
    "state" TEXT NOT NULL,
    "bytes" BIGINT,
    "reason" TEXT,
    "created_at" TEXT NOT NULL,
    "removed_at" TEXT,
    CONSTRAINT "worktrees_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "worktrees_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "worktrees_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "worktrees_updated_seq_check" CHECK ("updated_seq" > 0),
    CONSTRAINT "worktrees_state_check" CHECK ("state" IN ('making', 'ready', 'failed', 'removed')),
    CONSTRAINT "worktrees_made_branch_check" CHECK ("made_branch" IN (0, 1))
);

-- CreateIndex
CREATE UNIQUE INDEX "worktrees_seq" ON "worktrees"("seq");

-- CreateIndex
CREATE INDEX "worktrees_path" ON "worktrees"("path");

-- CreateIndex
CREATE INDEX "worktrees_task_id" ON "worktrees"("task_id");

-- CreateIndex
CREATE INDEX "worktrees_session_id" ON "worktrees"("session_id");
