export { type AppRouter, appRouter } from "./app-router.ts";
export { createCallerFactory, type LedgerProvider, type RequestContext } from "./trpc.ts";
