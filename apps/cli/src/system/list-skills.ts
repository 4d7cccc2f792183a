import { presents } from "../presentation.ts";
import { table } from "../print/text.ts";

/** `skill list` (spec 06 §6.9). */
export const listSkills = presents("system.listSkills", {
  text: ({ skills }, view) =>
    table(
      skills.map(({ name, description }) => [name, description]),
      view,
    ),
});
