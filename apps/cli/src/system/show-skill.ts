import { presents } from "../presentation.ts";

/** `skill show`: the text itself, so that it can be piped (spec 06 §6.9). */
export const showSkill = presents("system.showSkill", { text: ({ markdown }) => markdown });
