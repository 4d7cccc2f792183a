import type { Env } from "@conveyor/contracts/env";

/** Where telemetry may leave the machine to; null for what nobody asked for. */
export interface OtelWanted {
  traces_url: string | null;
  metrics_url: string | null;
}

/**
 * What the variables of OpenTelemetry ask for: nothing leaves the machine unless one of them names a collector (spec 07
 * §7.13). Only OTLP over HTTP is spoken. Pure.
 */
export function otelWanted(env: Env): OtelWanted {
  const value = (name: string) => (env[name] ?? "").trim();
  const nothing = { traces_url: null, metrics_url: null };
  if (value("OTEL_SDK_DISABLED").toLowerCase() === "true") return nothing;
  const base = value("OTEL_EXPORTER_OTLP_ENDPOINT");
  const urlOf = (signal: "traces" | "metrics") => {
    if (value(`OTEL_${signal.toUpperCase()}_EXPORTER`) === "none") return null;
    const own = value(`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`);
    if (own !== "") return own;
    return base === "" ? null : `${base.replace(/\/$/, "")}/v1/${signal}`;
  };
  return { traces_url: urlOf("traces"), metrics_url: urlOf("metrics") };
}
