-- What the end of a turn came to is derived once, when its record is stored, and read by whoever reports it.
-- CreateTable
CREATE TABLE "turn_ends" (
    "event_id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "session_id" TEXT NOT NULL,
    "thread_id" TEXT,
    "turn_id" TEXT,
    "fact" TEXT NOT NULL,
    "outcome" TEXT,
    "error_info" TEXT,
    "trigger" TEXT,
    "goal" TEXT,
    "is_derived" BOOLEAN NOT NULL DEFAULT true,
    CONSTRAINT "turn_ends_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "codex_events" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "turn_ends_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "turn_ends_fact_check" CHECK ("fact" IN ('ended', 'interrupted', 'goal_left')),
    CONSTRAINT "turn_ends_outcome_check" CHECK ("outcome" IN ('completed', 'failed')),
    CONSTRAINT "turn_ends_is_derived_check" CHECK ("is_derived" IN (0, 1))
);

-- CreateIndex
CREATE INDEX "turn_ends_session_id_event_id" ON "turn_ends"("session_id", "event_id");

-- CreateIndex
CREATE INDEX "turn_ends_session_id_turn_id" ON "turn_ends"("session_id", "turn_id");

-- Everything below is written by hand: Prisma cannot express it.

-- The ends that are there already: of these only the place is known, and what they came to is derived when somebody asks.
INSERT INTO "turn_ends" ("event_id", "session_id", "thread_id", "turn_id", "fact", "is_derived")
SELECT "id", "session_id", "thread_id", "turn_id", 'ended', 0 FROM "codex_events" WHERE "subtype" = 'task_complete';

-- Their places are asked of the table above now.
DROP INDEX "codex_events_turn_ends";
DROP INDEX "codex_events_ended_turns";
