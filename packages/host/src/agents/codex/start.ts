import { ConveyorError } from "@conveyor/contracts/errors";
import type { AgentRights, RightsRequest, StartRequest } from "../agent.ts";

/** Named sets of start-up options (spec 01 §5.4). */
export const CODEX_PROFILES: Readonly<Record<string, AgentRights>> = {
  yolo: { sandbox: "danger-full-access", ask_for_approval: "never" },
};

/** Full access is there for those who ask for it (spec 10.4, exception 2). */
const DEFAULTS: AgentRights = { sandbox: "workspace-write", ask_for_approval: "on-request" };

/**
 * The argv that starts Codex in a pane (spec 01 §5.4): a flag given, else the profile, else the default. `--no-daemon` is
 * added only when the installed program lists it in its help, so that the pane's process owns the rollout and dies with the pane.
 *
 * Throws `usage` for an unknown profile.
 */
export function codexStartArgv(request: StartRequest, help_text: string): string[] {
  const { sandbox, ask_for_approval } = codexRights(request);
  const argv = [...request.command];
  argv.push("--sandbox", sandbox);
  argv.push("--ask-for-approval", ask_for_approval);
  if (codexOffers(help_text, "--no-daemon")) argv.push("--no-daemon");
  if (request.prompt !== undefined && request.prompt !== "") {
    // A prompt that begins with a dash would be taken for an option.
    if (request.prompt.startsWith("-")) argv.push("--");
    argv.push(request.prompt);
  }
  return argv;
}

/** Sandbox and approval policy of a start: a flag given, else the profile, else the default. Throws `usage`. */
export function codexRights(request: RightsRequest): AgentRights {
  const profile = profileOf(request.profile);
  return {
    sandbox: request.sandbox ?? profile.sandbox,
    ask_for_approval: request.ask_for_approval ?? profile.ask_for_approval,
  };
}

/** Whether the program's `--help` lists an option; its description naming another option does not count. */
export function codexOffers(help_text: string, option: string): boolean {
  const name = option.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^\\s*(?:-\\w,\\s*)?${name}(?=[\\s=<[,]|$)`, "m").test(help_text);
}

function profileOf(name: string | undefined): AgentRights {
  if (name === undefined) return DEFAULTS;
  const profile = Object.hasOwn(CODEX_PROFILES, name) ? CODEX_PROFILES[name] : undefined;
  if (profile) return profile;
  const known = Object.keys(CODEX_PROFILES);
  throw new ConveyorError("usage", `there is no Codex profile named "${name}"`, {
    hint: `known profiles: ${known.join(", ")}; or pass --sandbox and --ask-for-approval`,
    details: { profile: name, known },
  });
}
