import { presents } from "../presentation.ts";
import { receiptText } from "./change.ts";

/** `criteria --add` (spec 04 §4.5). */
export const add = presents("criteria.add", { text: receiptText });
