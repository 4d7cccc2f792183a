export { type AppRouter, appRouter } from "./app-router.ts";
export { type CallReply, type ErrorShape, type RouterCall, runCall } from "./call.ts";
export { type CallerSettings, Runtime, type RuntimeOptions } from "./runtime.ts";
export {
  createCallerFactory,
  type Flow,
  type LedgerProvider,
  mutation,
  type ObservedCall,
  query,
  type RequestContext,
  router,
  subscription,
} from "./trpc.ts";
