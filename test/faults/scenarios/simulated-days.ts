import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';

import { disagreements, wrongs } from '../simulation/agreement.ts';
import { liveThrough } from '../simulation/day.ts';
import { amount, patienceMs, seeds } from '../support/amount.ts';

const days = amount({ short: 40, long: 3000 });

test(`simulated days with kills everywhere: all agree in the end, nothing lost, nothing twice, nothing late`, async (t) => {
  t.timeout(patienceMs);
  const sum = { days: 0, broker: 0, hub: 0, restored: 0, terminal: 0, powerCuts: 0, messages: 0, events: 0, acts: 0 };
  const chosen = seeds(days);
  t.log(`seeds ${chosen[0]} to ${chosen.at(-1)}`);
  for (const seed of chosen) {
    const folder = mkdtempSync(join(tmpdir(), 'limen-day-'));
    try {
      const day = await liveThrough({ seed, folder });
      const agreed = await day.evening(async () => (await disagreements(day)).length === 0);
      const found = [...(agreed ? [] : await disagreements(day)), ...(await wrongs(day))];
      t.deepEqual(found, [], `LIMEN_FAULTS_SEED=${seed} npm run test:faults -- simulated-days`);
      for (const kind of ['broker', 'hub', 'restored', 'terminal', 'powerCuts'] as const) sum[kind] += day.kills[kind];
      sum.days++;
      sum.messages += day.broker.messages;
      sum.events += day.terminals.reduce((all, { truth }) => all + truth.length, 0);
      sum.acts += day.terminals.reduce((all, { acts }) => all + acts.length, 0);
      await day.hub.stop();
      if (found.length > 0) break;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  t.log(JSON.stringify(sum));
  if (chosen.length > 1)
    t.true(sum.acts > 0 && sum.hub > 0 && sum.broker > 0 && sum.terminal > 0, 'the days had everything');
});
