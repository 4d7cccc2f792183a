export { showReplay } from "./replay/show-replay.ts";
export { type AuditDocument, loadAudit, showAudit, sinceInstant } from "./show-audit.ts";
export { showTrace } from "./trace/show-trace.ts";
