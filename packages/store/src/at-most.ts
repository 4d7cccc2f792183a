/**
 * `LIMIT @limit`, as statements that run often have to say it: SQLite plans a statement anew whenever another value is bound
 * to its limit, which takes longer than most of them run. It does not when the limit is an expression.
 */
export const AT_MOST = "LIMIT @limit + 0";
