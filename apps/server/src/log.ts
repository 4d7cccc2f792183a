import { closeSync, writeSync } from "node:fs";
import type { Env } from "@conveyor/contracts/env";
import { ConveyorError } from "@conveyor/contracts/errors";
import { maskSecrets } from "@conveyor/core";
import { openLog } from "@conveyor/files";

/** Takes one line of the server's log. Fields carry names, numbers and codes: no content, no token. */
export type Log = (event: string, fields?: Record<string, string | number | boolean | null>) => void;

const LEVELS = ["silent", "fatal", "error", "warn", "info", "debug"] as const;
type Level = (typeof LEVELS)[number];

/** How serious an event is; all others are `info`. */
const SERIOUSNESS: Readonly<Record<string, Level>> = {
  call: "debug",
  call_failed: "error",
  connection_not_accepted: "warn",
  discovery_lost: "warn",
  dispatch_not_stopped: "warn",
  end_forced: "error",
  ledger_lost: "error",
  notification_failed: "warn",
};

/**
 * A log of JSON lines in a file that only its owner reads, rotated by size; what looks like a credential is masked (spec 07
 * §7.7.2). `CONVEYOR_LOG_LEVEL` says from which level on lines are written, by default `info`; at `debug` every call is one,
 * with how long it took and never with what it carried. A log that cannot be written is given up. Throws `invalid_input`
 * for a level that there is none.
 */
export async function fileLog(path: string, env: Env = {}): Promise<Log> {
  const level = levelOf(env);
  if (level === "silent") return () => {};
  const { pino } = await import("pino");
  const logger = pino(
    {
      base: null,
      level,
      messageKey: "event",
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line) => append(path, line) },
  );
  return (event, fields = {}) => {
    const wanted = SERIOUSNESS[event] ?? "info";
    if (wanted === "silent" || !logger.isLevelEnabled(wanted)) return;
    const masked = maskSecrets({ ...fields, event });
    const { event: name, ...rest } = masked;
    logger[wanted](rest, name);
  };
}

function levelOf(env: Env): Level {
  const named = env["CONVEYOR_LOG_LEVEL"] || "info";
  const level = LEVELS.find((one) => one === named);
  if (level !== undefined) return level;
  throw new ConveyorError(
    "invalid_input",
    `CONVEYOR_LOG_LEVEL is ${JSON.stringify(named.slice(0, 100))}, which is no level`,
    {
      hint: `use ${LEVELS.join(", ")}`,
      details: { variable: "CONVEYOR_LOG_LEVEL" },
    },
  );
}

function append(path: string, line: string): void {
  try {
    const file = openLog(path);
    try {
      writeSync(file, line);
    } finally {
      closeSync(file);
    }
  } catch {
    // A full disk must not end the server.
  }
}
