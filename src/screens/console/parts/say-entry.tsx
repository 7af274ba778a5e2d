import type { ComponentChildren } from 'preact';
import type { z } from 'zod';
import type { entrySaid } from '../../../console/answers/attendance.ts';
import { ask } from '../server.ts';
import { Dialog } from './dialog.tsx';
import { useDoing, valuesOf } from './doing.tsx';
import { Problem } from './problem.tsx';

/** Something to be said about punches, days, groups or plans. */
export type EntrySaid = z.input<typeof entrySaid>;

/** Say something, with a reason; it stays in the books, and can be taken back. */
export function SayEntry(props: {
  readonly title: string;
  readonly verb: string;
  /** Of a reason. */
  readonly example?: string;
  /** What is asked besides the reason. */
  readonly children?: ComponentChildren;
  /** What is said, out of what the form holds. */
  readonly said: (values: Record<string, string>) => EntrySaid;
  /** Where plans are spoken of, which is for others than what is about people. */
  readonly path?: string;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const { title, verb, example = 'forgot to punch, told me at noon', children, said, onDone, onClose } = props;
  const { path = '/api/attendance/entries' } = props;
  const saying = useDoing(async (form: HTMLFormElement) => {
    const values = valuesOf(form);
    await ask(path, { method: 'POST', body: { said: said(values), reason: values.reason } });
    onDone();
  });
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void saying.run(event.currentTarget);
        }}
      >
        <Problem of={saying.error} />
        {children}
        <label>
          Why?
          <input name="reason" required maxLength={200} autofocus placeholder={example} />
          <small>Stays in the books with your name; the punches themselves are never changed.</small>
        </label>
        <footer>
          <button type="button" class="secondary outline" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" aria-busy={saying.busy}>
            {verb}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
