import { useState } from 'preact/hooks';

/** Something that is being done, and what went wrong with it. */
export interface Doing<Args extends readonly unknown[]> {
  readonly busy: boolean;
  readonly error: unknown;
  /** Do it; whatever is thrown is in `error`. A second call while it is being done is not heard. */
  readonly run: (...args: Args) => Promise<void>;
}

/** For buttons and forms: no double sending, no error that nobody sees. */
export function useDoing<Args extends readonly unknown[]>(act: (...args: Args) => Promise<unknown>): Doing<Args> {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = async (...args: Args) => {
    if (busy) return;
    setBusy(true);
    setError(null);
    await act(...args).catch(setError);
    setBusy(false);
  };
  return { busy, error, run };
}

/** What a form holds, by the names of its fields, without blanks around. */
export function valuesOf(form: HTMLFormElement): Record<string, string> {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()]));
}

/** A password as it was typed: blanks belong to it. */
export function passwordIn(form: HTMLFormElement, field = 'password'): string {
  return String(new FormData(form).get(field));
}
