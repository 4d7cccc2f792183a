/** Wait for work, but no longer than `limit_ms`; whether it finished. The work itself goes on. */
export async function withLimit(work: Promise<unknown>, limit_ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limit_ms);
  });
  const finished = work.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([finished, limit]);
  } finally {
    clearTimeout(timer);
  }
}
