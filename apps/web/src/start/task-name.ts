const LONGEST = 48;

/** A name for a task from what is to be done: a few plain words of it, which tmux takes as the name of a session too (spec 06 §6.7 V3). Pure. */
export function taskNameOf(goal: string): string {
  const words = goal
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, " ")
    .trim()
    .split(" ")
    .filter((word) => !["the", "a", "an", "and", "of", "in", "to", "so", "that", "with"].includes(word));
  const name = words
    .slice(0, 4)
    .join("-")
    .slice(0, LONGEST)
    .replace(/^[-.:+]+|[-.:+]+$/g, "");
  return name === "" ? "task" : name;
}
