-- AlterTable
ALTER TABLE "sessions" ADD COLUMN "seen_json" TEXT;
