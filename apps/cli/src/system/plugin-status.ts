import { presents } from "../presentation.ts";
import { pluginText } from "../print/plugin.ts";

/** `plugin-status` (spec 06 §6.8.2). */
export const pluginStatus = presents("system.pluginStatus", { text: pluginText });
