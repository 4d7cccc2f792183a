/**
 * Run `work` while the lease of what it works on is renewed in the background long before it ends. A renewal that fails is
 * left to the fence at the end of the work.
 */
export async function keepingLease<T>(
  lease_seconds: number,
  renew: () => Promise<unknown>,
  work: () => Promise<T>,
): Promise<T> {
  let running: Promise<unknown> = Promise.resolve();
  const beat = () => {
    running = renew().catch(() => undefined);
  };
  const timer = setInterval(beat, Math.max(200, (lease_seconds * 1000) / 3));
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await running;
  }
}
