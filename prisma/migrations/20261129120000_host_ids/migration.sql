-- AlterTable
ALTER TABLE "sessions" ADD COLUMN "host_id" TEXT;

-- AlterTable
ALTER TABLE "dispatchers" ADD COLUMN "host_id" TEXT;

-- AlterTable
ALTER TABLE "terminal_captures" ADD COLUMN "host_id" TEXT;

-- Until now every ledger made up a number that said nothing about its host: whose it is has to be said once.
DELETE FROM "ledger_info" WHERE "key" = 'host_id';
