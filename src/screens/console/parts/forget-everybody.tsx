import { useState } from 'preact/hooks';
import type { CommandOutcome } from '../../../console/answers/terminals.ts';
import { Confirm } from './confirm.tsx';
import { commandSite, Outcomes } from './site-command.tsx';

/** Every terminal forgets who is inside and who is not, of everybody: after a fire drill, or a day of open doors. */
export function ForgetEverybody(props: {
  /** What became of it, terminal by terminal. */
  readonly onTold: (outcomes: readonly CommandOutcome[]) => void;
}) {
  const { onTold } = props;
  const [isAsked, setAsked] = useState(false);
  return (
    <>
      <button type="button" class="small secondary outline" onClick={() => setAsked(true)}>
        Forget everybody’s whereabouts
      </button>
      {isAsked && (
        <Confirm
          {...{ title: 'Forget where everybody is?', verb: 'Forget it of everybody', danger: true, why: true }}
          says="Every terminal is told now: the next passage of everybody counts as their first. One that cannot be reached goes on remembering, and is named."
          act={async (reason) => onTold(await commandSite('anti-passback-reset', reason))}
          onClose={() => setAsked(false)}
        />
      )}
    </>
  );
}

/** The same, and under it what became of it. */
export function Whereabouts() {
  const [outcomes, setOutcomes] = useState<readonly CommandOutcome[] | null>(null);
  return (
    <>
      <div class="actions below">
        <ForgetEverybody onTold={setOutcomes} />
      </div>
      {outcomes && <Outcomes of={outcomes} onClose={() => setOutcomes(null)} />}
    </>
  );
}
