import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { openConfiguredDoor } from '../../../src/compose.ts';
import { doorSchema } from '../../../src/config/schema.ts';
import type { FinalVerdict } from '../../../src/domain/verdict.ts';
import { resolveLine } from '../../../src/gpio/sysfs.ts';
import { openJournal } from '../../../src/journal/open-journal.ts';
import { settle } from '../../../src/pipeline.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { chipLabel, levelOf } from '../support/machine.ts';
import { traceLines } from '../support/trace.ts';

const line = 11;
const openings = 100;
const kernelMs = () => Number(process.hrtime.bigint()) / 1e6;

const granted: FinalVerdict = {
  ...{ kind: 'grant', personId: 'p01', name: 'p01' },
  evidence: {
    ...{ trackId: 1, framesSeen: 3, framesUsed: 3, agreeing: 3, distance: 0.1, threshold: 0.2, margin: 0.5 },
    ...{ elapsedMs: 300, decidingMs: 300, liveness: null, qualityFailures: [] },
    ...{ galleryVersion: 1, galleryPeople: 1, model: 'test/1' },
  },
};

test('from a verdict to the edge of the relay, over a hundred openings', async (t) => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'limen-hil-'));
  const journal = openJournal({ file: join(dataFolder, 'journal.db'), terminal: 'front-door', clock: systemClock });
  const report = (occurrence: Parameters<typeof journal.append>[0]) => void journal.append(occurrence);
  const config = doorSchema.parse({ driver: 'gpiochip', chipLabel, line, pulseMs: 60_000, longestPulseMs: 60_000 });
  const door = await openConfiguredDoor(config, { dataFolder, report, clock: systemClock });
  const trace = traceLines();
  t.teardown(async () => {
    trace.stop();
    await door.close();
    journal.close();
    rmSync(dataFolder, { recursive: true });
  });

  const settledMs: number[] = [];
  for (let i = 0; i < openings; i += 1) {
    let unlocked = Promise.resolve();
    settledMs.push(kernelMs());
    settle(granted, {
      report,
      act: () => {
        unlocked = door.unlock({ cause: 'face', personId: 'p01' });
      },
    });
    await unlocked;
    if (levelOf(line) !== 1) t.fail(`opening ${i + 1}: the simulator sees no edge`);
    await door.lock('test');
    if (levelOf(line) !== 0) t.fail(`opening ${i + 1}: not at rest`);
  }
  const rising = trace.driven(resolveLine({ chipLabel, line })).filter(({ level }) => level === 1);
  t.is(rising.length, openings);
  const tookMs = rising.map(({ atMs }, i) => atMs - settledMs[i]!).sort((a, b) => a - b);
  t.true(tookMs[0]! > 0);
  const share = (of: number) => tookMs[Math.ceil(of * openings) - 1]!.toFixed(1);
  t.log(`verdict written down, lease, edge: p50 ${share(0.5)} ms, p99 ${share(0.99)} ms, longest ${share(1)} ms`);
});
