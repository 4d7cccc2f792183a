import { z } from "zod";
import { filePath } from "../bounds.ts";
import { cli } from "../operation.ts";

export const pluginHome = cli(filePath, { path: true, placeholder: "dir" })
  .optional()
  .describe("Codex home; default: CODEX_HOME, else ~/.codex");

/** Where the operator plugin comes from, and where it goes. */
export const pluginPaths = z.object({
  codex_home: z.string(),
  package_root: z.string(),
  plugin_cache_root: z.string(),
  plugin_install_root: z.string(),
  plugin_source: z.string(),
  skills_install_root: z.string(),
});

/** The operator plugin and its skills: what is bundled, and what of it a Codex home has (spec 06 §6.8.2). */
export const pluginState = z.object({
  installed: z.boolean(),
  installed_version: z.string().nullable(),
  package_version: z.string(),
  plugin_version: z.string().nullable().describe("version of the bundled plugin"),
  version_matches: z.boolean(),
  skills: z.array(
    z.object({
      name: z.string(),
      installed: z.boolean(),
      current: z.boolean().describe("it is there, and of this version of the program"),
      source: z.string(),
      target: z.string(),
    }),
  ),
  paths: pluginPaths,
});
export type PluginStatus = z.infer<typeof pluginState>;
