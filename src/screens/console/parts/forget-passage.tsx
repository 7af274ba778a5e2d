import { useState } from 'preact/hooks';
import type { CommandOutcome } from '../../../console/answers/terminals.ts';
import { ask } from '../server.ts';
import { Dialog } from './dialog.tsx';
import { useDoing, valuesOf } from './doing.tsx';
import { ForgetEverybody } from './forget-everybody.tsx';
import { Card } from './page.tsx';
import { Problem } from './problem.tsx';
import { Outcomes } from './site-command.tsx';

/** Whom anti-passback holds for inside, and who is not: every terminal forgets where they are. */
export function ForgetPassage({ id, name }: { readonly id: string; readonly name: string }) {
  const [isAsked, setAsked] = useState(false);
  const [answers, setAnswers] = useState<readonly CommandOutcome[] | null>(null);
  return (
    <Card
      title="Anti-passback"
      actions={
        <button type="button" class="secondary outline" onClick={() => setAsked(true)}>
          Forget where they are
        </button>
      }
    >
      {answers && <Outcomes of={answers} onClose={() => setAnswers(null)} />}
      <p class="quiet">
        For somebody who is refused for being inside already, or outside, and is not: they followed somebody else, or
        left by a door that does not count. Their next passage counts anew. After a fire drill, forget it of everybody.
      </p>
      <div class="actions below">
        <ForgetEverybody onTold={setAnswers} />
      </div>
      {isAsked && <Ask {...{ id, name, onClose: () => setAsked(false), onDone: setAnswers }} />}
    </Card>
  );
}

function Ask(props: {
  readonly id: string;
  readonly name: string;
  readonly onClose: () => void;
  readonly onDone: (answers: readonly CommandOutcome[]) => void;
}) {
  const { id, name, onClose, onDone } = props;
  const forgetting = useDoing(async (form: HTMLFormElement) => {
    const path = `/api/people/${encodeURIComponent(id)}/anti-passback-reset`;
    const body = { reason: valuesOf(form).reason };
    onDone((await ask<{ answers: CommandOutcome[] }>(path, { method: 'POST', body })).answers);
    onClose();
  });
  return (
    <Dialog title={`Forget where ${name} is?`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void forgetting.run(event.currentTarget);
        }}
      >
        <Problem of={forgetting.error} />
        <p>Every terminal is told now. One that cannot be reached goes on remembering, and is named.</p>
        <label>
          Why?
          <input name="reason" required autofocus maxLength={200} placeholder="Left with the fire drill" />
        </label>
        <footer>
          <button type="button" class="secondary outline" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" aria-busy={forgetting.busy}>
            Forget it
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
