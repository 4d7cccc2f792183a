export { openManager, openTerminal, openWorker } from "./open.ts";
export { stopTerminal } from "./stop.ts";
