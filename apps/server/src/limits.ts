/** Most calls that one connection may have running. */
export const MOST_CALLS = 256;
/** Most calls in one request or message of a client that batches. */
export const MOST_BATCHED_CALLS = 64;
