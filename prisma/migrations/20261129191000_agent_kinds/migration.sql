-- Which kinds of agent there are is for the program to say, so that a further one needs no change of the ledger.
ALTER TABLE "sessions" DROP CONSTRAINT "sessions_agent_kind_check";
