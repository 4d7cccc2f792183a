import { cliCommand } from "../command.ts";
import { spec } from "../generated/install-skills.ts";

/** `install-skills`: one line per skill (spec 01 §6.19). */
export const command = cliCommand(spec, {
  text: {
    "system.installSkills": ({ dry_run, skills }) =>
      skills.map(({ name, target }) => `${dry_run ? "would install" : "installed"} ${name}: ${target}\n`).join(""),
  },
});
