import { operations } from "@conveyor/contracts";
import { audit } from "@conveyor/core";
import { query, router } from "./trpc.ts";

export const auditRouter = router({
  show: query(operations.audit.show, audit.showAudit),
  replay: query(operations.audit.replay, audit.showReplay),
});
