import { useEffect, useRef, useState } from 'preact/hooks';
import type { ImportState } from '../../../console/answers/people.ts';
import { RefusedError } from '../../kit/api.ts';
import { knownOf, takeReport } from '../import-shown.ts';
import { ask } from '../server.ts';
import { importing } from '../state.ts';
import { useReopened } from './reopened.ts';

/** Keep the report of an import as long as the server's: the stream tells how many there are, and what is new is asked for. */
export function useReport(of: ImportState): unknown {
  const [error, setError] = useState<unknown>(null);
  const asking = useRef<AbortController | null>(null);
  const [from, known] = [of.outcomes.length, knownOf(of)];
  const look = () => {
    const own = new AbortController();
    asking.current = own;
    ask<ImportState>(`/api/imports/${of.id}?from=${from}`, { signal: own.signal }).then(
      (report) => {
        asking.current = null;
        setError(null);
        takeReport(report, from);
      },
      (problem) => {
        if (own.signal.aborted) return;
        asking.current = null;
        if (problem instanceof RefusedError && problem.code === 'import.unknown') gone(of);
        else setError(problem);
      },
    );
  };
  useEffect(() => {
    look();
    return () => asking.current?.abort();
  }, []);
  useEffect(() => {
    if (from < known && asking.current === null) look();
  }, [from, known]);
  useReopened(() => {
    asking.current?.abort();
    look();
  });
  return error;
}

function gone(of: ImportState): void {
  const problem =
    'The hub was started anew meanwhile. Import the list again: who is enrolled already stays as they are.';
  if (importing.value?.id === of.id) importing.value = { ...of, state: 'failed', problem };
}
