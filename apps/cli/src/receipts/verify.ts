import { presents } from "../presentation.ts";

/** `receipt verify` (spec 09 §9.6): a receipt that is not sound is exit code 1. */
export const verify = presents("receipts.verify", { exitCode: ({ ok }) => (ok ? 0 : 1) });
