import test from 'ava';
import { z } from 'zod';
import { JourneyFigures } from '../../src/journey-figures.ts';
import { vitalsSchema } from '../../src/sync/diagnosis.ts';
import { parseMessage, type Status, statusSchema } from '../../src/sync/messages.ts';
import { terminalVitals } from '../../src/terminal-health.ts';
import { temporaryFolder } from '../support/sync.ts';

type Present = Extract<Status, { online: true }>;

const name = 'k'.repeat(43);
const vitals = {
  ...{ framesPerSecond: 9.8, droppedPerSecond: 0.1, latencyMs: 140.2, temperatureC: 51, diskFreeMb: 20_000 },
  stagesMs: { camera: 8.2, decode: 5.1, detect: 61.4, decide: 1.3 },
};
const status: Present = {
  ...{ format: 2, terminal: 'door-1', online: true, session: '01J8ZK3V5Q7N9R2T4W6Y8A0C1E', count: 12 },
  ...{ at: '2026-03-02T08:00:00.000Z', clock: 'synced', since: '2026-03-01T08:00:00.000Z', software: '0.1.0' },
  ...{ gallery: { lineage: 'l', version: 42, digest: 'd', people: 130 }, pack: 'faceapi', door: 'locked' },
  ...{ journal: { lastSeq: 900, acknowledgedSeq: 899 }, keys: { sequence: 2, hub: [name], site: [name] }, vitals },
};

test('vitals tell the time of each stage that a picture went through, and of no other', async (t) => {
  let nowMs = 0;
  const figures = new JourneyFigures({ monotonicMs: () => nowMs });
  const dataFolder = await temporaryFolder(t);
  t.deepEqual((await terminalVitals({ figures, dataFolder })).stagesMs, {}, 'nobody was there');
  for (let i = 1; i <= 100; i++) {
    nowMs = i * 100;
    const seen = { timings: { decodeMs: 4.04, detectMs: i / 3, landmarksMs: 0, embedMs: 0 } };
    const [capturedAtMs, takenAtMs, seenAtMs, doneAtMs] = [nowMs - 42, nowMs - 32, nowMs - 2, nowMs];
    figures.took({ frameId: i, capturedAtMs, takenAtMs, seenAtMs, doneAtMs, seen });
  }
  const told = await terminalVitals({ figures, dataFolder });
  t.deepEqual(told.stagesMs, { camera: 10, decode: 4, detect: 31.7, decide: 2 });
  t.is(told.latencyMs, 42, 'which is all of it together');
});

test('a terminal of before tells no stages, a later one may tell of stages and numbers that are unknown here', (t) => {
  const { stagesMs: _, ...before } = vitals;
  const read = (vitals: object) => {
    const told = parseMessage(statusSchema, JSON.stringify({ ...status, vitals })) as Present;
    return told.vitals;
  };
  t.deepEqual(read(before), before);
  t.deepEqual(read({ ...vitals, stagesMs: { 'dream-up': 3 }, fanPerSecond: 7 }), {
    ...before,
    stagesMs: { 'dream-up': 3 },
  });
});

test('a hub of before reads the status of a terminal of today, without its stages', (t) => {
  const [present] = statusSchema.options;
  const then = z.object({ ...present.shape, vitals: vitalsSchema.omit({ stagesMs: true }).optional() });
  const { stagesMs: _, ...before } = vitals;
  t.deepEqual(parseMessage(then, JSON.stringify(status)), { ...status, vitals: before });
});
