import type { Area } from "../area.ts";

/** The area of the operations `worktrees.*`. */
export const area: Area = {
  title: "Worktrees",
  order: 75,
  about: "working trees of git that were made for agents, so that several of them do not write over each other",
};
