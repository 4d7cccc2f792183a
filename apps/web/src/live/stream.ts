import { connection } from "./connection.ts";
import type { InputAt, OutputAt, StreamPath } from "./operations.ts";

/** Wait before a stream that failed is begun again, in milliseconds. */
const RESTART_DELAY_MS = 2000;

interface Follower<Path extends StreamPath> {
  /** The server accepted the stream; what follows begins with the present items. Called again when it had to begin anew. */
  onStart(): void;
  onItem(item: OutputAt<Path>): void;
}

/**
 * Follow a stream until the returned function is called. A lost connection goes on after the last item by itself; a
 * stream that the server refused or ended is begun anew after a while.
 */
export function follow<Path extends StreamPath>(
  path: Path,
  input: InputAt<Path>,
  follower: Follower<Path>,
): () => void {
  let stopped = false;
  let restart: ReturnType<typeof setTimeout> | undefined;
  let started = false;
  const begin = () => {
    started = false;
    return connection.client.subscription(path, input, {
      onStarted: () => {
        // A reconnected WebSocket starts the stream again, but it goes on where it was.
        if (!started) follower.onStart();
        started = true;
      },
      onData: (item) => {
        // Without data it only says from where to go on after a lost connection.
        const { data } = item as { data: OutputAt<Path> | null };
        if (data !== null) follower.onItem(data);
      },
      onError: again,
      onComplete: again,
    });
  };
  const again = () => {
    if (stopped || restart !== undefined) return;
    restart = setTimeout(() => {
      restart = undefined;
      subscription = begin();
    }, RESTART_DELAY_MS);
  };
  let subscription = begin();
  return () => {
    stopped = true;
    clearTimeout(restart);
    subscription.unsubscribe();
  };
}
