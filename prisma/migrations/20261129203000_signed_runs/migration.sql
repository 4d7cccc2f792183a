-- A run counts only when this account has signed it: whoever writes into the file of the ledger cannot.
ALTER TABLE "check_runs" ADD COLUMN "signed_with" TEXT;
ALTER TABLE "check_runs" ADD COLUMN "signature" TEXT;
