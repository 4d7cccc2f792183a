import { presents } from "../presentation.ts";

/** `attach`: the terminal of a session in this one; without a terminal the command to type (spec 10.3). */
export const attach = presents("everyday.attach", {
  text: ({ attach_command }) => `${attach_command}\n`,
  takesOver: ({ argv }) => argv,
  aside: async () => "this is no terminal that could show it; type the command in one",
});
