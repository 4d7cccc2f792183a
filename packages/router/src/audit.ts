import * as auditOperations from "@conveyor/contracts/audit";
import * as audit from "@conveyor/core/audit";
import { query, router } from "./trpc.ts";

export const auditRouter = router({
  show: query(auditOperations.show, audit.showAudit),
  replay: query(auditOperations.replay, audit.showReplay),
  trace: query(auditOperations.trace, audit.showTrace),
});
