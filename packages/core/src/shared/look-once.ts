import type { Store } from "@conveyor/store";

interface Looks {
  /** The version of the change signal that the answers belong to. */
  version: number;
  answers: Map<string, Promise<unknown>>;
}

const looksOf = new WeakMap<Store, Looks>();

/**
 * One look on behalf of everybody who would look at the same thing at the same moment: a commit wakes every live stream,
 * and many of them ask the same. `key` must say all that the answer depends on; the answer is shared, so nobody may change
 * it. It is shared only while nobody has written, and not kept beyond the turn of the event loop in which it was there.
 */
export function lookOnce<T>(store: Store, key: string, look: () => Promise<T>): Promise<T> {
  // Read by each caller: a commit that it has seen must be in the answer that it gets.
  const { version } = store.changes;
  let looks = looksOf.get(store);
  if (looks?.version !== version) looksOf.set(store, (looks = { version, answers: new Map() }));
  const { answers } = looks;
  const known = answers.get(key) as Promise<T> | undefined;
  if (known !== undefined) return known;
  const answer = look();
  answers.set(key, answer);
  const forget = () => void setImmediate(() => answers.delete(key));
  answer.then(forget, forget);
  return answer;
}
