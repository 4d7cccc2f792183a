import { presents } from "../presentation.ts";
import { lines, plural } from "../print/text.ts";

/** `backup` (spec 07 §7.13 item 9). */
export const backup = presents("system.backup", {
  text: ({ path, bytes, sha256 }) => lines(path, `${plural(bytes, "byte")}, SHA-256 ${sha256}`),
});

/** `restore`: asks on a terminal. */
export const restore = presents("system.restore", {
  text: ({ path, restored_from, replaced, pending_messages }) =>
    lines(
      `${path} is what ${restored_from} holds`,
      replaced !== null && `what stood there is kept in ${replaced}`,
      pending_messages > 0 && `${plural(pending_messages, "message")} will be delivered`,
    ),
  confirm: "restore it",
});
