-- Checks that Conveyor runs itself, what they proved of which files, and receipts (spec 09).
-- CreateTable
CREATE TABLE "checks" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "criterion_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "spec_json" TEXT NOT NULL,
    "covers_json" TEXT NOT NULL,
    "guards_json" TEXT NOT NULL,
    "timeout_seconds" INTEGER NOT NULL,
    "network" BOOLEAN NOT NULL DEFAULT false,
    "sandbox" TEXT NOT NULL,
    "isolated" BOOLEAN NOT NULL DEFAULT false,
    "repeat" INTEGER NOT NULL DEFAULT 1,
    "created_by" TEXT NOT NULL,
    "accepted_by" TEXT,
    "guards_hash" TEXT,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "removed_at" TEXT,
    "removed_reason" TEXT,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL,
    "updated_seq" INTEGER NOT NULL,
    CONSTRAINT "checks_criterion_id_fkey" FOREIGN KEY ("criterion_id") REFERENCES "acceptance_criteria" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "checks_kind_check" CHECK ("kind" IN ('command', 'file', 'repo')),
    CONSTRAINT "checks_sandbox_check" CHECK ("sandbox" IN ('auto', 'required', 'none')),
    CONSTRAINT "checks_created_by_check" CHECK ("created_by" IN ('worker', 'manager', 'operator')),
    CONSTRAINT "checks_accepted_by_check" CHECK ("accepted_by" IN ('manager', 'operator')),
    CONSTRAINT "checks_network_check" CHECK ("network" IN (0, 1)),
    CONSTRAINT "checks_isolated_check" CHECK ("isolated" IN (0, 1)),
    CONSTRAINT "checks_spec_json_check" CHECK (json_valid("spec_json")),
    CONSTRAINT "checks_covers_json_check" CHECK (json_valid("covers_json")),
    CONSTRAINT "checks_guards_json_check" CHECK (json_valid("guards_json"))
);

-- CreateTable
CREATE TABLE "check_runs" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "check_id" INTEGER NOT NULL,
    "check_revision" INTEGER NOT NULL,
    "definition_json" TEXT NOT NULL,
    "isolated" BOOLEAN NOT NULL DEFAULT false,
    "subject_json" TEXT NOT NULL,
    "covers_hash" TEXT NOT NULL,
    "trigger" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "started_at" TEXT NOT NULL,
    "ended_at" TEXT,
    "duration_ms" INTEGER,
    "exit_code" INTEGER,
    "output_sha256" TEXT,
    "output_bytes" BIGINT,
    "output_tail" TEXT,
    "side_effects_json" TEXT NOT NULL DEFAULT '{"changed_files":[]}',
    "sandbox" TEXT NOT NULL DEFAULT 'none',
    "sandbox_problem" TEXT,
    "runner_json" TEXT NOT NULL,
    "owner_pid" INTEGER NOT NULL,
    "owner_started_at" TEXT,
    "actor" TEXT NOT NULL,
    CONSTRAINT "check_runs_check_id_fkey" FOREIGN KEY ("check_id") REFERENCES "checks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "check_runs_trigger_check" CHECK ("trigger" IN ('verify', 'finish', 'operator')),
    CONSTRAINT "check_runs_state_check" CHECK ("state" IN ('running', 'passed', 'failed', 'error', 'timed_out', 'cancelled')),
    CONSTRAINT "check_runs_sandbox_check" CHECK ("sandbox" IN ('bubblewrap', 'sandbox-exec', 'none')),
    CONSTRAINT "check_runs_actor_check" CHECK ("actor" IN ('worker', 'manager', 'operator')),
    CONSTRAINT "check_runs_isolated_check" CHECK ("isolated" IN (0, 1)),
    CONSTRAINT "check_runs_definition_json_check" CHECK (json_valid("definition_json")),
    CONSTRAINT "check_runs_subject_json_check" CHECK (json_valid("subject_json")),
    CONSTRAINT "check_runs_side_effects_json_check" CHECK (json_valid("side_effects_json")),
    CONSTRAINT "check_runs_runner_json_check" CHECK (json_valid("runner_json"))
);

-- CreateTable
CREATE TABLE "criterion_waivers" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "criterion_id" INTEGER NOT NULL,
    "waived_by" TEXT NOT NULL,
    "rationale" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "revoked_at" TEXT,
    "revoked_by" TEXT,
    CONSTRAINT "criterion_waivers_criterion_id_fkey" FOREIGN KEY ("criterion_id") REFERENCES "acceptance_criteria" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "criterion_waivers_waived_by_check" CHECK ("waived_by" IN ('manager', 'operator'))
);

-- CreateTable
CREATE TABLE "guard_reviews" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "criterion_id" INTEGER NOT NULL,
    "guards_hash" TEXT NOT NULL,
    "reviewed_by" TEXT NOT NULL,
    "verdict" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    CONSTRAINT "guard_reviews_criterion_id_fkey" FOREIGN KEY ("criterion_id") REFERENCES "acceptance_criteria" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "guard_reviews_reviewed_by_check" CHECK ("reviewed_by" IN ('manager', 'operator')),
    CONSTRAINT "guard_reviews_verdict_check" CHECK ("verdict" IN ('fine', 'reject'))
);

-- CreateTable
CREATE TABLE "receipts" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "statement_sha256" TEXT NOT NULL,
    "signed_with" TEXT NOT NULL,
    "path" TEXT,
    "envelope_json" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    CONSTRAINT "receipts_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "receipts_envelope_json_check" CHECK (json_valid("envelope_json"))
);

-- What a finish demands of checks.
ALTER TABLE "manager_configs" ADD COLUMN "proof_policy" TEXT NOT NULL DEFAULT 'auto' CONSTRAINT "manager_configs_proof_policy_check" CHECK ("proof_policy" IN ('auto', 'all', 'isolated', 'off'));

-- CreateIndex
CREATE UNIQUE INDEX "checks_seq" ON "checks"("seq");

-- CreateIndex
CREATE INDEX "checks_criterion_id_id" ON "checks"("criterion_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "check_runs_seq" ON "check_runs"("seq");

-- CreateIndex
CREATE INDEX "check_runs_check_id_seq" ON "check_runs"("check_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "criterion_waivers_seq" ON "criterion_waivers"("seq");

-- CreateIndex
CREATE INDEX "criterion_waivers_criterion_id_seq" ON "criterion_waivers"("criterion_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "guard_reviews_seq" ON "guard_reviews"("seq");

-- CreateIndex
CREATE INDEX "guard_reviews_criterion_id_seq" ON "guard_reviews"("criterion_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "receipts_seq" ON "receipts"("seq");

-- CreateIndex
CREATE INDEX "receipts_task_id_seq" ON "receipts"("task_id", "seq");

-- Everything below is written by hand: Prisma cannot express it.

-- A name means one check of a criterion; one that was taken away gives its name free.
CREATE UNIQUE INDEX "one_check_per_name" ON "checks"("criterion_id", "name") WHERE "removed_at" IS NULL;

-- A check runs once at a time, whoever asks for it.
CREATE UNIQUE INDEX "one_running_run_per_check" ON "check_runs"("check_id") WHERE "state" = 'running';

-- What a run saw is never changed afterwards, and no run is made to vanish.
CREATE TRIGGER "check_runs_no_update" BEFORE UPDATE ON "check_runs" WHEN OLD."state" <> 'running'
BEGIN SELECT RAISE(ABORT, 'check_runs is append-only'); END;
CREATE TRIGGER "check_runs_no_delete" BEFORE DELETE ON "check_runs"
BEGIN SELECT RAISE(ABORT, 'check_runs is append-only'); END;
