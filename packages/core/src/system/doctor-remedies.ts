import type { Output } from "@conveyor/contracts";
import type { Finding } from "@conveyor/host";

type Check = Output<"system.doctor">["checks"][number];

/** What a check found. */
export interface Facts {
  name: keyof typeof REMEDIES;
  ok: boolean;
  [fact: string]: unknown;
}

type Remedied = Facts | Finding;

/** What to do where a check does not hold, and whether it matters at all; one sentence each. */
const REMEDIES = {
  tmux: "install tmux 3.2 or newer; without it nothing can be started or typed to, and workers must poll their inbox",
  sqlite_native:
    "type `npm rebuild better-sqlite3` with this Node (pnpm: `pnpm rebuild better-sqlite3`), or install Conveyor again with it",
  tmux_version: "tmux is there but does not run: try `tmux -V` yourself",
  target_cwd_exists: "name an existing folder with --cwd",
  state_root_exists: "nothing to do: the first command that writes makes it",
  conveyor_on_path:
    "only for your own convenience: run `npm install --global` on the package, or add its bin folder to PATH",
  workerctl_on_path: "does not matter: it is only the program's older name",
  conveyor_on_login_path:
    "only for what you type to agents yourself: link the program into /usr/local/bin; printed commands name its folder",
  runs_in_login_shell:
    "agents cannot run what they are told: see what `bash -lc` says about the program and its Node, for instance a profile that ends early",
  plugin_installed: "does not matter: the operator plugin is optional, and nothing here needs it",
  plugin_version_matches: "does not matter while the operator plugin is not used",
  plugin_skills_installed:
    "run `conveyor install-plugin`, or `conveyor install-skills` without the operator's: agents then know how to manage and to be managed",
  lsof_or_proc: "install lsof: without it a session must be registered with --codex-session",
  git: "install git: without it changes cannot be shown, and Codex asks for trust in more folders",
  gh: "does not matter unless managers are to open pull requests: then install the GitHub CLI",
  ledger: "nothing to do: the first task makes it",
} as const;

/** A check as it is reported: with what to do where it does not hold. Pure. */
export function withRemedy({ name, ok, remedy, ...facts }: Remedied, { advisory }: { advisory: boolean }): Check {
  const advice = typeof remedy === "string" ? remedy : REMEDIES[name as keyof typeof REMEDIES];
  return { name, ok, ...facts, advisory, ...(!ok && { remedy: advice }) };
}
