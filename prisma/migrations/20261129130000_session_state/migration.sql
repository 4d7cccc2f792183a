-- AlterTable
ALTER TABLE "sessions" ADD COLUMN "seen_json" TEXT CONSTRAINT "sessions_seen_json_check" CHECK (json_valid("seen_json"));
