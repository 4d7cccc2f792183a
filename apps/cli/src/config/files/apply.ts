import type { Io } from "../../io.ts";
import { configPlaces, isConfigured } from "./places.ts";

/** What configuration adds to a call where no flag says otherwise. */
export interface Applied {
  output: string | undefined;
  input: Readonly<Record<string, unknown>>;
  /** Settings that would have counted if their file were trusted. */
  barred: readonly { key: string; file: string }[];
}

const STARTS = {
  timeout_seconds: "start.timeout_seconds",
  accept_trust: "start.accept_trust",
  codex_profile: "agent.codex.profile",
  sandbox: "agent.codex.sandbox",
  ask_for_approval: "agent.codex.approval",
} as const;

/** Which fields of which operations settings fill. */
const FILLS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "startup.startWorker": STARTS,
  "startup.startManager": STARTS,
  "startup.pair": STARTS,
  "checks.add": { setup: "proof.setup", timeout_seconds: "proof.timeout_seconds", sandbox: "proof.sandbox" },
  "proof.verify": { parallel: "proof.parallel" },
  "qa.run": { allowed_github_repos: "qa.sandbox_repos" },
  "system.serve": { port: "server.port" },
  "notifications.testSink": { sinks: "notify.sinks" },
};

/**
 * What the configuration files say for an operation; undefined where there are none, and then nothing was loaded. Throws
 * `invalid_input` for a file that cannot be read or is wrong.
 */
export async function configuredFor(path: string, io: Io): Promise<Applied | undefined> {
  // What tells and mends the configuration must work with one that is broken.
  if (path.startsWith("config.")) return undefined;
  const places = configPlaces(io);
  if (!isConfigured(places)) return undefined;
  const { readConfiguration, settingOf } = await import("./read.ts");
  const { settings, said } = readConfiguration(places, io);
  const input: Record<string, unknown> = {};
  const barred: { key: string; file: string }[] = [];
  for (const [field, key] of Object.entries(FILLS[path] ?? {})) {
    const all = said(settingOf(settings, key));
    const counts = all.find((one) => one.counts);
    if (counts !== undefined) input[field] = counts.value;
    for (const one of all) if (one.why.includes("not trusted")) barred.push({ key, file: one.file ?? "" });
  }
  const output = said(settingOf(settings, "output")).find((one) => one.counts && one.origin !== "environment")?.value;
  return { output: output as string | undefined, input, barred };
}
