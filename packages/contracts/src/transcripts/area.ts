import type { Area } from "../area.ts";

/** The area of the operations `transcripts.*`. */
export const area: Area = {
  title: "Transcripts",
  order: 200,
  about: "what a terminal showed, kept and dropped again",
};
