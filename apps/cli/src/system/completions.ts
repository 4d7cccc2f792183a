import type { Call } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { jsonDocument } from "../print/json.ts";
import { bashScript } from "./completions/bash.ts";
import { fishScript } from "./completions/fish.ts";
import { completedCommands } from "./completions/words.ts";
import { zshScript } from "./completions/zsh.ts";

const SCRIPTS: Record<Call<"system.completions">["shell"], typeof bashScript> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** `completions`: the script with which a shell completes commands, flags and their words. */
export const completions = presents("system.completions", {
  local: async ({ shell }, { io, json }) => {
    const { allSpecs } = await import("../generated/all.ts");
    const { shorthands } = await import("../generated/index.ts");
    const script = SCRIPTS[shell](completedCommands(allSpecs, shorthands));
    await io.stdout.write(json ? jsonDocument({ shell, script }) : script);
    return 0;
  },
});
