import type { Env } from "@conveyor/contracts/env";
import { VERSION } from "@conveyor/contracts/version";
import type { Ctx } from "@conveyor/core";
import { ledgerGauges } from "@conveyor/core/telemetry/gauges";
import type { Otel } from "./start.ts";
import { otelWanted } from "./wanted.ts";

/** How often figures leave when `OTEL_METRIC_EXPORT_INTERVAL` does not say, in milliseconds. */
const EVERY_MS = 60_000;

/** What a server tells OpenTelemetry beside what the ledger does. */
export type FollowedOtel = Pick<Otel, "noteCall" | "stop">;

/**
 * Let calls and telemetry leave the machine if the environment names a collector; undefined, and nothing is loaded, when it
 * does not. Follows the ledger from now on, whichever process writes to it.
 */
export async function followOtel(ctx: Ctx, env: Env): Promise<FollowedOtel | undefined> {
  const wanted = otelWanted(env);
  if (wanted.traces_url === null && wanted.metrics_url === null) return undefined;
  const [{ startOtel }, { onEvent }] = await Promise.all([
    import("./start.ts"),
    import("@conveyor/core/telemetry/on-event"),
  ]);
  const every_ms = Number(env["OTEL_METRIC_EXPORT_INTERVAL"]) || EVERY_MS;
  const otel = startOtel(wanted, { version: VERSION, ledger: () => ledgerGauges(ctx), every_ms });
  const follow = async () => {
    for await (const { data } of onEvent(ctx, { backlog: 0 })) if (data !== null) otel.noteEvent(data);
  };
  // A ledger that was taken away ends the server, which says so itself.
  const ended = wanted.traces_url === null ? Promise.resolve() : follow().catch(() => {});
  return {
    noteCall: (call) => otel.noteCall(call),
    async stop() {
      await ended;
      await otel.stop();
    },
  };
}
