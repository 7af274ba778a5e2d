import { useEffect, useState } from 'preact/hooks';

/** The server says `beat` every 15 seconds. One that has missed two is away, though the connection may look alive. */
const silentMs = 35_000;
const firstWaitMs = 1000;
const mostWaitMs = 8000;

/** How a page stands with its server. */
export interface Live {
  readonly isConnected: boolean;
  /** How often the stream was opened: what was told in between is not told again. */
  readonly opened: number;
}

/**
 * Listen to the server's events for as long as the component lives, and come back whenever that ends.
 *
 * @param listeners what to do with a message, by its type
 * @param onLost told each time that the stream ends, or cannot be opened
 */
export function useLive(
  path: string,
  listeners: Record<string, (message: never) => void>,
  onLost: () => void = () => {},
): Live {
  const [live, setLive] = useState<Live>({ isConnected: true, opened: 0 });
  useEffect(
    () =>
      keepListening(path, {
        listeners,
        onOpen: () => setLive(({ opened }) => ({ isConnected: true, opened: opened + 1 })),
        onLost: () => {
          setLive(({ opened }) => ({ isConnected: false, opened }));
          onLost();
        },
      }),
    [path],
  );
  return live;
}

/**
 * An EventSource alone is not enough: it notices no connection that died without a word, and gives up for good where the
 * answer is an error once, as that of a proxy while the server starts. Returns what ends it.
 */
function keepListening(
  path: string,
  of: { listeners: Record<string, (message: never) => void>; onOpen: () => void; onLost: () => void },
): () => void {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout>;
  let waitMs = firstWaitMs;
  const after = (ms: number, run: () => void) => {
    clearTimeout(timer);
    timer = setTimeout(run, ms);
  };
  const heard = () => after(silentMs, lost);
  const lost = () => {
    source.close();
    // Not everybody at the same moment: a hub that comes back has all its browsers to greet.
    after(waitMs * (0.75 + Math.random() / 2), open);
    waitMs = Math.min(2 * waitMs, mostWaitMs);
    of.onLost();
  };
  const open = () => {
    source = new EventSource(path);
    heard();
    source.onopen = () => {
      heard();
      of.onOpen();
    };
    source.onerror = lost;
    source.addEventListener('beat', () => {
      heard();
      // One that only opens, and ends again, is not back yet.
      waitMs = firstWaitMs;
    });
    for (const [type, listen] of Object.entries(of.listeners)) {
      source.addEventListener(type, (event) => {
        heard();
        listen(JSON.parse((event as MessageEvent<string>).data) as never);
      });
    }
  };
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
