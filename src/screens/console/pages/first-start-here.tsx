import { useEffect } from 'preact/hooks';
import { FirstAccount } from '../parts/first-account.tsx';
import { Mark } from '../parts/icon.tsx';
import { Point } from '../parts/point.tsx';
import { ownName } from '../state.ts';

/** The first start of a terminal's own console: it works already; what is missing is somebody who may sign in. */
export function FirstStartHere() {
  useEffect(() => {
    document.title = `Set up · ${ownName.value}`;
  }, []);
  return (
    <main class="door">
      <div class="card wizard">
        <header class="door-head">
          <Mark />
          <div>
            <h1>The console of {ownName}</h1>
            <p>One step, one minute.</p>
          </div>
        </header>
        <ul class="points">
          <Point icon="terminals" title="For this terminal alone.">
            How it is, what happened, its door: also while the hub is away.
          </Point>
          <Point icon="accounts" title="With accounts of its own.">
            Those of the hub are not known here.
          </Point>
        </ul>
        <FirstAccount verb="Make this account" printedBy="limen run" unit="limen">
          Its administrator is you. Others can be let in later.
        </FirstAccount>
      </div>
    </main>
  );
}
