import { join } from "node:path";
import type { AgentExtensions } from "../agent.ts";

/** The folder of a plugin in a Codex home's cache; marketplace and plugin have the same name. */
const PLUGIN_CACHE = ["plugins", "cache", "agent-conveyor", "agent-conveyor"];

/** Where a Codex home takes skills and plugins (spec 06 §6.8.2). */
export function codexExtensions(home: string): AgentExtensions {
  return {
    skills: join(home, "skills"),
    plugin_cache: join(home, ...PLUGIN_CACHE),
    plugin_manifests: ["plugin.json", join(".codex-plugin", "plugin.json")],
  };
}
