import { presents } from "../presentation.ts";

/** `receipt` (spec 09 §9.6): with `--markdown` the table alone. */
export const create = presents("receipts.create", { text: ({ markdown }) => markdown });
