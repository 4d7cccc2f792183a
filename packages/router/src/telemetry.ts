import * as telemetryOperations from "@conveyor/contracts/telemetry";
import * as telemetry from "@conveyor/core/telemetry";
import { query, router, subscription } from "./trpc.ts";

export const telemetryRouter = router({
  list: query(telemetryOperations.list, telemetry.listTelemetry),
  count: query(telemetryOperations.countEvents, telemetry.countTelemetry),
  summary: query(telemetryOperations.summary, telemetry.summarizeTelemetry),
  onEvent: subscription(telemetryOperations.onEvent, telemetry.followTelemetry),
});
