import type { Area } from "../area.ts";

/** The area of the operations `terminals.*`. */
export const area: Area = {
  title: "Terminals",
  order: 70,
  about: "windows onto running agents, and ending them",
};
