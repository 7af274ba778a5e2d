import { canonicalJson, genesisHash, hashOf } from '../../src/journal/chain.ts';
import type { WireEvent } from '../../src/sync/messages.ts';

/** People who share a terminal. */
export const peoplePerTerminal = 200;

/** Working days of the year 2026, Monday to Friday. */
export const workingDays: readonly string[] = Array.from({ length: 365 }, (_, i) => {
  return new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10);
}).filter((date) => ![0, 6].includes(new Date(date).getUTCDay()));

const evidence = {
  ...{ trackId: 1, framesSeen: 5, framesUsed: 4, agreeing: 3, distance: 0.01, threshold: 0.05, margin: 0.2 },
  ...{ elapsedMs: 700, decidingMs: 500, liveness: 0.9, qualityFailures: [], galleryVersion: 1, galleryPeople: 1 },
  model: 'faceapi-dlib-faceres-int8/2',
};
const day = [
  ['in', 8 * 60],
  ['break-start', 12 * 60],
  ['break-end', 12 * 60 + 30],
  ['out', 16 * 60 + 30],
] as const;

/** How often somebody punches on a working day. */
export const punchesADay = day.length;

/** Journals of terminals as they arrive in a year: a day of one terminal at a time, chained and hashed. */
export function* yearOf(people: number): Generator<WireEvent[]> {
  const terminals = Math.ceil(people / peoplePerTerminal);
  const ends = Array.from({ length: terminals }, () => ({ seq: 0, hash: genesisHash }));
  for (const date of workingDays) {
    for (let terminal = 0; terminal < terminals; terminal++) {
      const first = terminal * peoplePerTerminal;
      const here = Array.from({ length: Math.min(peoplePerTerminal, people - first) }, (_, i) => first + i);
      const events = day.flatMap(([direction, minutes]) =>
        here.map((person) => {
          const at = new Date(Date.parse(`${date}T00:00:00Z`) + minutes * 60_000 + (person % 97) * 5000).toISOString();
          const body = {
            personId: `p${person}`,
            name: `Person ${person}`,
            direction,
            by: 'key',
            verifiedBy: ['face'],
            evidence,
          };
          return { at, body: JSON.parse(canonicalJson(body)) };
        }),
      );
      yield events
        .sort((a, b) => (a.at < b.at ? -1 : 1))
        .map(({ at, body }) => {
          const end = ends[terminal]!;
          const seq = end.seq + 1;
          const id = `01BENCH${String(terminal).padStart(5, '0')}${String(seq).padStart(14, '0')}`;
          const names = { seq, id, terminal: `clock-${terminal + 1}`, at, clock: 'synced' as const };
          const row = { ...names, kind: 'punch.recorded' as const, body, previousHash: end.hash };
          const event = { ...row, hash: hashOf(row) };
          ends[terminal] = event;
          return event as unknown as WireEvent;
        });
    }
  }
}
