-- What people are told, made in the transaction of the fact, and how it reached them (spec 10 §10.5).
-- CreateTable
CREATE TABLE "notifications_out" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "urgency" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "link" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "dedupe_key" TEXT NOT NULL,
    "task_id" TEXT,
    "created_at" TEXT NOT NULL,
    "planned" BOOLEAN NOT NULL DEFAULT false,
    CONSTRAINT "notifications_out_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "notifications_out_kind_check" CHECK ("kind" IN ('needs_input', 'finished', 'verified', 'failed', 'stuck', 'died', 'limit', 'refused')),
    CONSTRAINT "notifications_out_urgency_check" CHECK ("urgency" IN ('low', 'normal', 'high')),
    CONSTRAINT "notifications_out_planned_check" CHECK ("planned" IN (0, 1))
);

-- CreateTable
CREATE TABLE "notification_deliveries" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "notification_id" TEXT NOT NULL,
    "sink" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TEXT NOT NULL,
    "error" TEXT,
    "delivered_at" TEXT,
    CONSTRAINT "notification_deliveries_notification_id_fkey" FOREIGN KEY ("notification_id") REFERENCES "notifications_out" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "notification_deliveries_state_check" CHECK ("state" IN ('pending', 'delivered', 'failed'))
);

-- CreateIndex
CREATE UNIQUE INDEX "notifications_out_seq" ON "notifications_out"("seq");

-- CreateIndex
CREATE UNIQUE INDEX "notifications_out_dedupe_key" ON "notifications_out"("dedupe_key");

-- CreateIndex
CREATE INDEX "notifications_out_subject" ON "notifications_out"("subject", "seq");

-- CreateIndex
CREATE INDEX "notifications_out_planned" ON "notifications_out"("planned", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "notification_deliveries_seq" ON "notification_deliveries"("seq");

-- CreateIndex
CREATE UNIQUE INDEX "notification_deliveries_notification_id_sink" ON "notification_deliveries"("notification_id", "sink");

-- CreateIndex
CREATE INDEX "notification_deliveries_due" ON "notification_deliveries"("state", "due_at");
