import { useEffect, useState } from 'preact/hooks';

/** What somebody types, once they have stopped for a moment: a server need not answer every key. */
export function useLater<T>(value: T, ms = 150): T {
  const [later, setLater] = useState(value);
  useEffect(() => {
    const waiting = setTimeout(() => setLater(value), ms);
    return () => clearTimeout(waiting);
  }, [value, ms]);
  return later;
}
