-- Who must be in a terminal before anything is typed there, and on which tmux server it is (ruling 2 of spec 00).
ALTER TABLE "sessions" ADD COLUMN "tmux_socket" TEXT;
ALTER TABLE "sessions" ADD COLUMN "terminal_pid" INTEGER;
ALTER TABLE "sessions" ADD COLUMN "terminal_started_at" TEXT;

-- What became of a text that was typed: confirmed only by the agent's own record of it.
ALTER TABLE "routed_notifications" ADD COLUMN "submission" TEXT;
ALTER TABLE "routed_notifications" ADD COLUMN "typed_key" TEXT;
ALTER TABLE "routed_notifications" ADD COLUMN "typed_path" TEXT;
ALTER TABLE "routed_notifications" ADD COLUMN "typed_offset" INTEGER;
ALTER TABLE "routed_notifications" ADD COLUMN "look_until" TEXT;
ALTER TABLE "routed_notifications" ADD COLUMN "fell_back" BOOLEAN NOT NULL DEFAULT false
    CONSTRAINT "routed_notifications_submission_check" CHECK ("submission" IN ('confirmed', 'unconfirmed', 'unprovable'))
    CONSTRAINT "routed_notifications_fell_back_check" CHECK ("fell_back" IN (0, 1));
