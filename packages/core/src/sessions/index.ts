export { communicationOf } from "./communication.ts";
export { deregisterSession } from "./deregister-session.ts";
export { type DiscoveryWish, discoverRollout } from "./discover-rollout.ts";
export { listSessions } from "./list-sessions.ts";
export { livenessOf, registerManager, registerWorker } from "./register-session.ts";
export { sessionLives } from "./session-life.ts";
export { type SessionRow, sessionOf } from "./session-record.ts";
export { type SessionFacts, type UpsertedSession, upsertSession } from "./upsert-session.ts";
export { watchSessions } from "./watch-sessions.ts";
