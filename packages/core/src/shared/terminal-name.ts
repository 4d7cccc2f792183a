import { type Agent, STANDARD_KIND } from "@conveyor/host";

/** The tmux session in which an agent of this name runs unless something else is recorded (spec 01 §5.5). */
export function tmuxSessionOf({ kind }: Pick<Agent, "kind">, name: string): string {
  return `${kind}-${name}`;
}

/** The same of a worker that is known by its folder, which says nothing of kinds (spec 01 §7.2). */
export function tmuxSessionOfFolder(name: string): string {
  return tmuxSessionOf({ kind: STANDARD_KIND }, name);
}
