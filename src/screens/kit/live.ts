import { useEffect, useState } from 'preact/hooks';

/**
 * Listen to the server's events for as long as the component lives; the browser reconnects by itself. Returns whether the
 * server is there.
 *
 * @param listeners what to do with a message, by its type
 */
export function useLive(path: string, listeners: Record<string, (message: never) => void>): boolean {
  const [isConnected, setConnected] = useState(true);
  useEffect(() => {
    const source = new EventSource(path);
    source.onopen = () => setConnected(true);
    source.onerror = () => setConnected(false);
    for (const [type, listen] of Object.entries(listeners))
      source.addEventListener(type, (event) => listen(JSON.parse((event as MessageEvent<string>).data) as never));
    return () => source.close();
  }, [path]);
  return isConnected;
}
