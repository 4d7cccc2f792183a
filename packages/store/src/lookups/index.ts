/**
 * What nearly every command looks up first: the task and session it was given, and the short lists. Hand-written because
 * a command that needs nothing else must not pay for starting Prisma, which costs more than all the rest of it (bench,
 * "cheap command, embedded").
 */
export * from "./agent-status.ts";
export * from "./checks.ts";
export * from "./criteria.ts";
export * from "./sessions.ts";
export * from "./tasks.ts";
export * from "./timeline.ts";
