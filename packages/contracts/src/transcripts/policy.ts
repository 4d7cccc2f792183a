import { z } from "zod";
import { rowCount } from "../bounds.ts";
import { PRUNABLE } from "./words.ts";

const kindPolicy = z.strictObject({
  keep_days: z.number().min(0).max(36_525).optional().describe("what is younger stays"),
  keep_latest: rowCount.optional().describe("of each group so many of the newest stay; default 0"),
  max_bytes: z
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe("of what is left only the newest so many bytes stay"),
});

/** What `retention.json` in the state root says: how long content of each kind is kept (spec 07 §7.13 item 7). */
export const retentionPolicy = z.strictObject({
  kinds: z.partialRecord(
    z.enum(PRUNABLE),
    kindPolicy.refine((one) => Object.keys(one).length > 0, "must say keep_days, keep_latest or max_bytes"),
  ),
});
export type RetentionPolicy = z.infer<typeof retentionPolicy>;
