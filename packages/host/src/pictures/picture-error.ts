import { ConveyorError } from "@conveyor/contracts/errors";

/** Which picture is meant, as its flag names it, and where it lies. */
export interface PictureName {
  label: string;
  path: string;
}

/** Why a picture cannot be used. The cause is for people, `reason` for programs. */
export function pictureError({ label, path }: PictureName, reason: PictureProblem, cause: string): ConveyorError {
  return new ConveyorError("invalid_input", `${label} ${JSON.stringify(path)} ${cause}`, {
    hint: HINTS[reason],
    details: { kind: "picture", picture: label, reason },
  });
}

const HINTS = {
  unreadable: "name a PNG file that you can read",
  not_a_png: "save the picture as PNG, and name that file",
  unsupported: "save it again as a still PNG: grey, RGB, RGBA or palette, 1 to 16 bits",
  damaged: "the file is damaged or incomplete; write it again",
  other_size: "take both at the same size, or say --any-size to count what only one of them has as changed",
  too_large: "compare a smaller part of it, or a smaller view",
} as const;
export type PictureProblem = keyof typeof HINTS;
