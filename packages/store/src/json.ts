/** The row as users see it: every `x_json` text column parsed under the name `x`; all else unchanged. */
export type Decoded<Row> = {
  [Key in keyof Row as Key extends `${infer Name}_json` ? Name : Key]: Key extends `${string}_json`
    ? unknown
    : Row[Key];
};

/** Parse the JSON columns of a row (spec 07 §7.10.1: columns appear under the name without `_json`). */
export function decodeRow<Row extends object>(row: Row): Decoded<Row> {
  const decoded: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(row)) {
    if (key.endsWith("_json")) decoded[key.slice(0, -5)] = typeof value === "string" ? JSON.parse(value) : null;
    else decoded[key] = value;
  }
  return decoded as Decoded<Row>;
}
