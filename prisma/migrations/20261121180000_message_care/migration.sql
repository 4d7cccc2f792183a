-- AlterTable
ALTER TABLE "commands" ADD COLUMN "expires_at" TEXT;

-- AlterTable
ALTER TABLE "routed_notifications" ADD COLUMN "ack_due_at" TEXT;
ALTER TABLE "routed_notifications" ADD COLUMN "delivery_count" INTEGER NOT NULL DEFAULT 1;

-- Everything below is written by hand: Prisma cannot express it.

-- Few messages have a term; who looks for those that are due must not pass by all others
CREATE INDEX "commands_expiring" ON "commands"("expires_at") WHERE "state" = 'pending' AND "expires_at" IS NOT NULL;
CREATE INDEX "routed_notifications_ack_due" ON "routed_notifications"("ack_due_at") WHERE "ack_due_at" IS NOT NULL;
