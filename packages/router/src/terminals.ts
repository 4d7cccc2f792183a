import { operations } from "@conveyor/contracts";
import { terminals } from "@conveyor/core";
import { mutation, router } from "./trpc.ts";

export const terminalsRouter = router({
  open: mutation(operations.terminals.open, terminals.openTerminal),
  openWorker: mutation(operations.terminals.openWorker, terminals.openWorker),
  openManager: mutation(operations.terminals.openManager, terminals.openManager),
  stop: mutation(operations.terminals.stop, terminals.stopTerminal),
});
