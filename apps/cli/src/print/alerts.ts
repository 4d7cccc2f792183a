import type { Alert } from "@conveyor/contracts";
import { cell, type View } from "./text.ts";

/** Whether all is healthy, then what is not, a line each (spec 07 §7.10.5, Views). */
export function verdictLines({ alerts }: { alerts: readonly Alert[] }, { colour }: View): string[] {
  return [alerts.length === 0 ? colour.green("healthy") : colour.red("unhealthy"), ...alertLines(alerts)];
}

export function alertLines(alerts: readonly Alert[]): string[] {
  return alerts.map(({ severity, type, message }) => [severity, type, cell(message)].join(" "));
}

/** Whether somebody lives, in a word. */
export function aliveText(alive: boolean | null): string {
  return alive === null ? "unknown" : alive ? "alive" : "not alive";
}
