import type { ComponentChildren } from 'preact';
import { Dialog } from './dialog.tsx';
import { useDoing, valuesOf } from './doing.tsx';
import { Problem } from './problem.tsx';

/** Ask before something that others will notice; closes when it is done. */
export function Confirm(props: {
  readonly title: string;
  readonly says: ComponentChildren;
  /** What the button says. */
  readonly verb: string;
  readonly danger?: boolean;
  /** Ask why. */
  readonly why?: boolean;
  readonly act: (reason: string | undefined) => Promise<unknown>;
  readonly onClose: () => void;
}) {
  const { title, says, verb, danger, why, act, onClose } = props;
  const doing = useDoing(async (form: HTMLFormElement) => {
    await act(valuesOf(form).reason || undefined);
    onClose();
  });
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void doing.run(event.currentTarget);
        }}
      >
        <Problem of={doing.error} />
        <p>{says}</p>
        {why && (
          <label>
            Why?
            <input name="reason" maxLength={200} autofocus placeholder="Kept in the journal; may be left empty" />
          </label>
        )}
        <footer>
          <button type="button" class="secondary outline" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class={danger ? 'danger' : ''} aria-busy={doing.busy}>
            {verb}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
