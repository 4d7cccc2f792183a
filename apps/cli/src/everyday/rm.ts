import { presents } from "../presentation.ts";
import { lines } from "../print/text.ts";

/** `rm`: asks on a terminal (spec 10.3). */
export const rm = presents("everyday.rm", {
  text: ({ done, kept }) =>
    lines(
      done,
      kept.map((what) => `kept: ${what}`),
    ),
  confirm: "remove it",
});
