import { presents } from "../presentation.ts";

/** `install-skills`: one line per skill (spec 01 §6.19). */
export const installSkills = presents("system.installSkills", {
  text: ({ dry_run, skills }) =>
    skills.map(({ name, target }) => `${dry_run ? "would install" : "installed"} ${name}: ${target}\n`).join(""),
});
