import { join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { packageRoot } from '../../src/runtime/package-root.ts';

const limen = join(packageRoot(), 'dist/src/main.js');

/** The parts of the summary that a script would look at. */
interface Summary {
  correct: number;
  clips: {
    clip: string;
    correct: boolean;
    pulsesMs: number[];
    verdicts: { kind: string; personId?: string; reason?: string }[];
  }[];
  events: { journalled: number; arrivedAtHub: number };
}

test.serial('the demo plays every clip once, and each one ends as its manifest says', async (t) => {
  t.timeout(300_000);
  const { stdout, exitCode } = await execa(process.execPath, [limen, 'demo', '--once', '--json'], { timeout: 280_000 });
  const summary = JSON.parse(stdout) as Summary;
  t.is(exitCode, 0);
  t.is(summary.clips.length, 7);
  t.deepEqual(
    summary.clips.map(({ clip, verdicts, pulsesMs }) => [
      clip,
      verdicts[0]?.kind,
      verdicts[0]?.personId ?? null,
      pulsesMs.length,
    ]),
    [
      ['walkup-p01-blink', 'grant', 'p01', 1],
      ['walkup-p05-headturn', 'grant', 'p05', 1],
      ['walkup-p08-evening', 'grant', 'p08', 1],
      ['walkup-s01-stranger', 'deny', null, 0],
      ['attack-paper-p01', 'deny', 'p01', 0],
      ['attack-phone-photo-p03', 'deny', 'p03', 0],
      ['attack-replay-p05', 'deny', 'p05', 0],
    ],
  );
  t.is(summary.events.arrivedAtHub, summary.events.journalled);
  t.true(summary.events.journalled >= 11);
});

test.serial('Ctrl-C ends the demo cleanly, with the door at rest and nothing left behind', async (t) => {
  t.timeout(300_000);
  const demo = execa(process.execPath, [limen, 'demo'], { timeout: 280_000, reject: false, env: { NO_COLOR: '1' } });
  await new Promise<void>((resolve, reject) => {
    let seen = '';
    demo.stdout.on('data', (chunk: Buffer) => {
      seen += chunk;
      if (seen.includes('released for')) resolve();
    });
    demo.then(() => reject(new Error(`the demo ended by itself:\n${seen}`)));
  });
  demo.kill('SIGINT');
  const { exitCode, stderr } = await demo;
  t.is(exitCode, 0, stderr);
  t.is(stderr, '');
});
