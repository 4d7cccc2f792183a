import { presents } from "../presentation.ts";
import { pluginText } from "../print/plugin.ts";

/** `install-plugin`: what is there afterwards (spec 06 §6.8.2). */
export const installPlugin = presents("system.installPlugin", {
  text: ({ dry_run, ...status }, view) =>
    `${dry_run ? `would install into ${status.paths.codex_home}; as it is now:\n` : ""}${pluginText(status, view)}`,
});
