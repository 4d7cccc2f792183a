-- What checks may look at, who may start them and what they leave; the chained audit; grants that end; what an operator decides.

-- Three further kinds of check, and two further reasons to run one.
ALTER TABLE "checks" DROP CONSTRAINT "checks_kind_check";
ALTER TABLE "checks" ADD CONSTRAINT "checks_kind_check" CHECK ("kind" IN ('command', 'file', 'repo', 'artifact', 'diff', 'human'));
ALTER TABLE "check_runs" DROP CONSTRAINT "check_runs_trigger_check";
ALTER TABLE "check_runs" ADD CONSTRAINT "check_runs_trigger_check" CHECK ("trigger" IN ('verify', 'finish', 'loop', 'watch', 'operator'));

-- A run may belong to an iteration of a loop, leave artifacts, and be asked to end by somebody in another process.
ALTER TABLE "check_runs" ADD COLUMN "artifacts_json" TEXT NOT NULL DEFAULT '[]' CONSTRAINT "check_runs_artifacts_json_check" CHECK (json_valid("artifacts_json"));
ALTER TABLE "check_runs" ADD COLUMN "loop_run_id" TEXT;
ALTER TABLE "check_runs" ADD COLUMN "loop_iteration" INTEGER;
ALTER TABLE "check_runs" ADD COLUMN "note" TEXT;
ALTER TABLE "check_runs" ADD COLUMN "cancel_requested_at" TEXT;
ALTER TABLE "check_runs" ADD COLUMN "cancel_requested_by" TEXT;

-- Each entry of the audit holds a hash of itself and of the one before it.
ALTER TABLE "events" ADD COLUMN "hash" TEXT;

-- Criteria in an order of one's own, with labels; which of several that were merged goes on; what was told to be stale.
ALTER TABLE "acceptance_criteria" ADD COLUMN "labels_json" TEXT NOT NULL DEFAULT '[]' CONSTRAINT "acceptance_criteria_labels_json_check" CHECK (json_valid("labels_json"));
ALTER TABLE "acceptance_criteria" ADD COLUMN "position" INTEGER;
ALTER TABLE "acceptance_criteria" ADD COLUMN "merged_into_id" INTEGER;
ALTER TABLE "acceptance_criteria" ADD COLUMN "stale_told_run_id" INTEGER;

-- What evidence a criterion needs to be called satisfied.
ALTER TABLE "manager_configs" ADD COLUMN "evidence_policy" TEXT NOT NULL DEFAULT 'open' CONSTRAINT "manager_configs_evidence_policy_check" CHECK ("evidence_policy" IN ('open', 'strict'));

-- A decision that was made for one use says what used it.
ALTER TABLE "manager_decisions" ADD COLUMN "single_use" BOOLEAN NOT NULL DEFAULT false CONSTRAINT "manager_decisions_single_use_check" CHECK ("single_use" IN (0, 1));
ALTER TABLE "manager_decisions" ADD COLUMN "used_at" TEXT;
ALTER TABLE "manager_decisions" ADD COLUMN "used_by" TEXT;

-- CreateTable
CREATE TABLE "audit_anchors" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "upto_seq" INTEGER NOT NULL,
    "events" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    CONSTRAINT "audit_anchors_reason_check" CHECK ("reason" IN ('begun', 'pruned'))
);

-- CreateTable
CREATE TABLE "manager_config_revisions" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "author" TEXT NOT NULL,
    "source" TEXT,
    "config_json" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    CONSTRAINT "manager_config_revisions_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "manager_config_revisions_author_check" CHECK ("author" IN ('worker', 'manager', 'operator')),
    CONSTRAINT "manager_config_revisions_config_json_check" CHECK (json_valid("config_json"))
);

-- CreateTable
CREATE TABLE "permission_grants" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "granted_by" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "branch" TEXT,
    "pull_request" INTEGER,
    "expires_at" TEXT,
    "max_uses" INTEGER,
    "uses" INTEGER NOT NULL DEFAULT 0,
    "created_at" TEXT NOT NULL,
    "revoked_at" TEXT,
    "revoked_by" TEXT,
    CONSTRAINT "permission_grants_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "operator_items" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "refs_json" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "decided_at" TEXT,
    "decided_by" TEXT,
    "note" TEXT,
    "decision_id" INTEGER,
    "grant_id" INTEGER,
    CONSTRAINT "operator_items_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "operator_items_decision_id_fkey" FOREIGN KEY ("decision_id") REFERENCES "manager_decisions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "operator_items_grant_id_fkey" FOREIGN KEY ("grant_id") REFERENCES "permission_grants" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "operator_items_state_check" CHECK ("state" IN ('open', 'approved', 'declined', 'withdrawn')),
    CONSTRAINT "operator_items_refs_json_check" CHECK (json_valid("refs_json"))
);

-- CreateTable
CREATE TABLE "criterion_attachments" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "criterion_id" INTEGER NOT NULL,
    "path" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "added_by" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    CONSTRAINT "criterion_attachments_criterion_id_fkey" FOREIGN KEY ("criterion_id") REFERENCES "acceptance_criteria" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "check_runs_loop_run_id_loop_iteration_seq" ON "check_runs"("loop_run_id", "loop_iteration", "seq");

-- CreateIndex
CREATE INDEX "audit_anchors_upto_seq" ON "audit_anchors"("upto_seq");

-- CreateIndex
CREATE UNIQUE INDEX "manager_config_revisions_seq" ON "manager_config_revisions"("seq");

-- CreateIndex
CREATE UNIQUE INDEX "manager_config_revisions_task_id_revision" ON "manager_config_revisions"("task_id", "revision");

-- CreateIndex
CREATE UNIQUE INDEX "permission_grants_seq" ON "permission_grants"("seq");

-- CreateIndex
CREATE INDEX "permission_grants_task_id_seq" ON "permission_grants"("task_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "operator_items_seq" ON "operator_items"("seq");

-- CreateIndex
CREATE INDEX "operator_items_state_seq" ON "operator_items"("state", "seq");

-- CreateIndex
CREATE INDEX "operator_items_task_id_seq" ON "operator_items"("task_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "criterion_attachments_seq" ON "criterion_attachments"("seq");

-- CreateIndex
CREATE INDEX "criterion_attachments_criterion_id_seq" ON "criterion_attachments"("criterion_id", "seq");

-- Everything below is written by hand: Prisma cannot express it.

-- The same matter waits once, however often it comes up.
CREATE UNIQUE INDEX "one_open_operator_item" ON "operator_items"("task_id", "kind", "subject") WHERE "state" = 'open';
