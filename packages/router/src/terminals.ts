import * as terminalsOperations from "@conveyor/contracts/terminals";
import * as terminals from "@conveyor/core/terminals";
import { mutation, router } from "./trpc.ts";

export const terminalsRouter = router({
  open: mutation(terminalsOperations.open, terminals.openTerminal),
  openWorker: mutation(terminalsOperations.openWorker, terminals.openWorker),
  openManager: mutation(terminalsOperations.openManager, terminals.openManager),
  stop: mutation(terminalsOperations.stop, terminals.stopTerminal),
});
