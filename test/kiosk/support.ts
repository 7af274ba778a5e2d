import type { Clock } from '../../src/domain/clock.ts';
import type { EventBodies, EventKind, LimenEvent } from '../../src/domain/event.ts';
import type { Evidence, FinalVerdict } from '../../src/domain/verdict.ts';
import type { ScreenMessage, ScreenState, View } from '../../src/kiosk/message.ts';
import { ScreenDesk, type ScreenDeskOptions, type ScreenFacts } from '../../src/kiosk/screen-desk.ts';

export const evidence: Evidence = {
  ...{ trackId: 1, framesSeen: 9, framesUsed: 5, agreeing: 5, distance: 0.03, threshold: 0.05, margin: 0.2 },
  ...{
    elapsedMs: 2000,
    decidingMs: 900,
    liveness: 0.9,
    qualityFailures: [],
    galleryVersion: 1,
    galleryPeople: 9,
    model: 'm',
  },
};

export const grant: FinalVerdict = { kind: 'grant', personId: 'ada', name: 'Ada Lovelace', evidence };
export const stranger: FinalVerdict = { kind: 'deny', reason: 'unknown', personId: null, evidence };

/** A desk in a time of its own, and everything that it told. */
export function makeDesk(options: Partial<ScreenDeskOptions> = {}) {
  let nowMs = 1000;
  let timers: { readonly atMs: number; readonly run: () => void }[] = [];
  const told: ScreenMessage[] = [];
  const facts: { -readonly [K in keyof ScreenFacts]: ScreenFacts[K] } = {
    door: { state: 'locked', lockdown: false, holding: false },
    online: true,
    awaited: null,
    chosen: null,
  };
  const clock: Clock = { now: () => new Date(0), monotonicMs: () => nowMs, quality: () => 'synced' };
  const desk = new ScreenDesk({
    ...{ mode: 'door', names: 'name', clock, punchesOf: () => [], facts: () => facts },
    timers: {
      after(ms, run) {
        const timer = { atMs: nowMs + ms, run };
        timers.push(timer);
        return () => {
          timers = timers.filter((one) => one !== timer);
        };
      },
    },
    tell: (message) => told.push(message),
    ...options,
  });
  return {
    ...{ desk, told, facts },
    get view(): View {
      return desk.state.view;
    },
    get states(): ScreenState[] {
      return told.filter((message) => message.type === 'state');
    },
    /** Let time pass, with everything that is due in it. */
    pass(ms: number) {
      const endMs = nowMs + ms;
      for (;;) {
        const [due] = timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
        if (due === undefined) break;
        timers = timers.filter((one) => one !== due);
        nowMs = due.atMs;
        due.run();
      }
      nowMs = endMs;
    },
    now: () => nowMs,
  };
}

/** A row as the journal would have it. */
export function rowOf<K extends EventKind>(kind: K, body: EventBodies[K], seq = 1): LimenEvent<K> {
  const at = new Date(seq * 60_000).toISOString();
  return { ...{ seq, id: `${seq}`, terminal: 't', at, clock: 'synced', previousHash: '', hash: '' }, kind, body };
}
