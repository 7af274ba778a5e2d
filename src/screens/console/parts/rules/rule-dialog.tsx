import type { ComponentChildren } from 'preact';
import { Dialog } from '../dialog.tsx';
import { Problem } from '../problem.tsx';

/** A form for rules: what it holds goes into the draft, or nowhere. */
export function RuleDialog(props: {
  readonly title: string;
  readonly busy: boolean;
  readonly error: unknown;
  readonly onPut: () => void;
  /** Left out for what cannot be removed. */
  readonly onRemove?: (() => void) | undefined;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const { title, busy, error, onPut, onRemove, onClose, children } = props;
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onPut();
        }}
      >
        <Problem of={error} />
        {children}
        <footer>
          {onRemove && (
            <button type="button" class="danger outline first" onClick={onRemove}>
              Remove
            </button>
          )}
          <button type="button" class="secondary outline" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" aria-busy={busy}>
            Into the draft
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
