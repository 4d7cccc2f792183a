export { createLoginUrl, type ServerStatus, serverStatus, serverStatusOf, stopServer } from "./control.ts";
export { type DetachOptions, startDetachedServer } from "./detach.ts";
export { startDispatch, startDispatchUnless } from "./dispatch.ts";
export { fileLog, type Log } from "./log.ts";
export { runServer } from "./run.ts";
export {
  DEFAULT_HOST,
  DEFAULT_PORT,
  type RunningDispatch,
  type RunningServer,
  type ServerOptions,
  startServer,
} from "./server.ts";
