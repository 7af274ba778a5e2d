import { useEffect, useRef } from 'preact/hooks';
import { opened } from '../state.ts';

/** Ask again whenever the stream was opened since the component appeared: what was told meanwhile is not told again. */
export function useReopened(ask: (signal: AbortSignal) => void): void {
  const now = opened.value;
  const before = useRef(now);
  useEffect(() => {
    if (before.current === now) return;
    before.current = now;
    const gone = new AbortController();
    ask(gone.signal);
    return () => gone.abort();
  }, [now]);
}
