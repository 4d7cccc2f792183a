-- A record is known by its thread, its place in it and its content, whatever file it stands in (spec 00, ruling 3). The
-- column held the hash of lines without ordinal only; of theirs the first half becomes the shorter hash that all have now.
-- AlterTable
ALTER TABLE "codex_events" RENAME COLUMN "line_sha256" TO "content_hash";
ALTER TABLE "codex_events" ADD COLUMN "occurrence" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "rollout_files" ADD COLUMN "skipped_lines" INTEGER NOT NULL DEFAULT 0;

-- Up to where a session's records are history that no live binding reports: by place, because clocks are set back.
-- AlterTable
ALTER TABLE "sessions" ADD COLUMN "history_event_id" INTEGER;
ALTER TABLE "sessions" ADD COLUMN "history_offset" INTEGER;

-- Everything below is written by hand: Prisma cannot express it.

UPDATE "codex_events" SET "content_hash" = CASE WHEN "ordinal" IS NULL THEN substr("content_hash", 1, 32) END
 WHERE "content_hash" IS NOT NULL;
UPDATE "codex_events" SET "occurrence" = "numbered"."occurrence"
  FROM (SELECT "id", row_number() OVER (PARTITION BY "session_id", ifnull("thread_id", ''), "content_hash" ORDER BY "id") - 1 AS "occurrence"
          FROM "codex_events" WHERE "content_hash" IS NOT NULL) AS "numbered"
 WHERE "numbered"."id" = "codex_events"."id" AND "numbered"."occurrence" > 0;

-- A record of an unnamed thread counts as one of the thread ''. Records of before have no hash and collide with nothing:
-- ingest gives them theirs when it meets them again.
DROP INDEX "codex_events_session_id_thread_id_ordinal";
DROP INDEX "codex_events_rollout_file_id_byte_offset";
CREATE UNIQUE INDEX "codex_events_ordinal_identity" ON "codex_events"("session_id", ifnull("thread_id", ''), "ordinal", "content_hash") WHERE "ordinal" IS NOT NULL;
CREATE UNIQUE INDEX "codex_events_content_identity" ON "codex_events"("session_id", ifnull("thread_id", ''), "content_hash", "occurrence") WHERE "ordinal" IS NULL;
-- What such records, and those that a migrated file gave ordinals meanwhile, are recognised by
CREATE INDEX "codex_events_without_hash" ON "codex_events"("session_id", "timestamp") WHERE "content_hash" IS NULL;
CREATE INDEX "codex_events_without_ordinal" ON "codex_events"("session_id", "timestamp") WHERE "ordinal" IS NULL;
-- and by which ingest sees at once that there are none to be met
CREATE INDEX "codex_events_without_hash_in_file" ON "codex_events"("session_id", "rollout_file_id", "byte_offset") WHERE "content_hash" IS NULL;
CREATE INDEX "codex_events_without_ordinal_in_file" ON "codex_events"("session_id", "rollout_file_id") WHERE "ordinal" IS NULL;

-- Whether the end of a turn was seen before, in whatever form its record has now
CREATE INDEX "codex_events_ended_turns" ON "codex_events"("session_id", "turn_id") WHERE "subtype" = 'task_complete';
