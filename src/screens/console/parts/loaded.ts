import { useCallback, useEffect, useState } from 'preact/hooks';
import { ask } from '../server.ts';

/** What was asked of the server. */
export interface Loaded<T> {
  /** `null` until it is there. */
  readonly value: T | null;
  readonly error: unknown;
  /** Ask again; what is there stays until then. */
  readonly again: () => void;
}

/** Ask the server when the component appears, and whenever the path changes. */
export function useLoaded<T>(path: string): Loaded<T> {
  const [state, setState] = useState<{ path: string; value: T | null; error: unknown }>({
    path,
    value: null,
    error: null,
  });
  const [count, setCount] = useState(0);
  useEffect(() => {
    const gone = new AbortController();
    ask<T>(path, { signal: gone.signal }).then(
      (value) => setState({ path, value, error: null }),
      (error) => !gone.signal.aborted && setState((before) => ({ ...before, path, error })),
    );
    return () => gone.abort();
  }, [path, count]);
  const again = useCallback(() => setCount((before) => before + 1), []);
  return { value: state.path === path ? state.value : null, error: state.error, again };
}
