import type { Clock } from './domain/clock.ts';
import type { FinalVerdict } from './domain/verdict.ts';
import type { PictureTimes } from './pipeline.ts';
import { type Diagnosis, type Frames, type Spent, stages } from './sync/diagnosis.ts';
import type { WatchHooks } from './terminal-watch.ts';

type Stage = (typeof stages)[number];
type Fate = 'looked' | 'still' | 'failed';

const overMs = 60_000;
/** A minute at 30 pictures a second, with room to spare: 80 KB, taken once. */
const mostPictures = 2048;
const mostVerdicts = 100;
const fates: readonly Fate[] = ['looked', 'still', 'failed'];

/**
 * How fast the journey goes: what became of the pictures of the last minute, and where their time went. A picture costs a
 * dozen numbers written into a ring; they are sorted when somebody asks.
 */
export class JourneyFigures {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #sinceMs: number;
  readonly #doneAtMs = new Float64Array(mostPictures);
  readonly #fate = new Uint8Array(mostPictures);
  readonly #dropped = new Uint32Array(mostPictures);
  readonly #spentMs = Object.fromEntries(stages.map((stage) => [stage, new Float32Array(mostPictures)])) as Record<
    Stage,
    Float32Array
  >;
  readonly #verdictsMs: number[] = [];
  /** Pictures so far. */
  #count = 0;
  #lastId: number | null = null;

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
    this.#sinceMs = clock.monotonicMs();
  }

  /** The same hooks, with a watch on how long everything takes. */
  timing(hooks: Omit<WatchHooks, 'onTimes'>): WatchHooks {
    const onVerdict = (verdict: FinalVerdict) => {
      this.decided(verdict);
      hooks.onVerdict?.(verdict);
    };
    return { ...hooks, onVerdict, onTimes: this.took };
  }

  /** A picture is done with. */
  readonly took = ({ frameId, capturedAtMs, takenAtMs, seenAtMs, doneAtMs, seen }: PictureTimes): void => {
    const at = this.#count++ % mostPictures;
    // Ids count what the camera delivered; a camera that was opened anew begins again.
    this.#dropped[at] = this.#lastId === null ? 0 : Math.max(0, frameId - this.#lastId - 1);
    this.#lastId = frameId;
    const fate = seen === null ? 'failed' : seen.leftOut ? 'still' : 'looked';
    this.#fate[at] = fates.indexOf(fate);
    this.#doneAtMs[at] = doneAtMs;
    const { decodeMs = 0, detectMs = 0, landmarksMs = 0, livenessMs = 0, embedMs = 0 } = seen?.timings ?? {};
    const spent = this.#spentMs;
    spent.camera[at] = takenAtMs - capturedAtMs;
    spent.decode[at] = decodeMs;
    spent.detect[at] = detectMs;
    spent.landmarks[at] = landmarksMs;
    spent.liveness[at] = livenessMs;
    spent.embed[at] = embedMs;
    spent.decide[at] = doneAtMs - seenAtMs;
    spent.total[at] = doneAtMs - capturedAtMs;
  };

  /** Somebody was let in or refused. */
  readonly decided = ({ evidence: { decidingMs } }: FinalVerdict): void => {
    if (decidingMs === null) return;
    this.#verdictsMs.push(decidingMs);
    if (this.#verdictsMs.length > mostVerdicts) this.#verdictsMs.shift();
  };

  /** What became of the pictures. */
  get frames(): Frames {
    const recent = this.#recent();
    const overSeconds = this.#overMs(recent) / 1000;
    const perSecond = (count: number) => round(count / overSeconds, 2);
    const of = (fate: Fate) => recent.filter((at) => this.#fate[at] === fates.indexOf(fate)).length;
    return {
      overSeconds: round(overSeconds, 1),
      perSecond: perSecond(recent.length),
      droppedPerSecond: perSecond(recent.reduce((sum, at) => sum + this.#dropped[at]!, 0)),
      stillPerSecond: perSecond(of('still')),
      failedPerSecond: perSecond(of('failed')),
    };
  }

  /** Where the time of those that were searched for faces went; a stage that none of them went through is left out. */
  get latency(): Partial<Record<Stage, Spent>> {
    const looked = this.#recent().filter((at) => this.#fate[at] === 0);
    const all: Partial<Record<Stage, Spent>> = {};
    for (const stage of stages) {
      const times = looked.map((at) => this.#spentMs[stage][at]!).filter((ms) => ms > 0);
      if (times.length > 0) all[stage] = { ...percentiles(times), pictures: times.length };
    }
    return all;
  }

  /** From the first good sighting to the verdict; `null` before there was one. */
  get verdicts(): NonNullable<Diagnosis['verdicts']> | null {
    const { length: count } = this.#verdictsMs;
    return count === 0 ? null : { ...percentiles(this.#verdictsMs), count };
  }

  /** Where the pictures of the last minute stand in the ring. */
  #recent(): number[] {
    const from = this.#clock.monotonicMs() - overMs;
    const kept = Math.min(this.#count, mostPictures);
    return Array.from({ length: kept }, (_, at) => at).filter((at) => this.#doneAtMs[at]! > from);
  }

  /** Of a camera faster than the ring is long, the ring tells of less than a minute. */
  #overMs(recent: readonly number[]): number {
    const nowMs = this.#clock.monotonicMs();
    const full = recent.length === mostPictures ? nowMs - Math.min(...recent.map((at) => this.#doneAtMs[at]!)) : overMs;
    return Math.max(1, Math.min(full, overMs, nowMs - this.#sinceMs));
  }
}

/** Nearest rank. @param times not empty, or all is 0 */
function percentiles(times: readonly number[]): { p50Ms: number; p95Ms: number } {
  const sorted = Float64Array.from(times).sort();
  const at = (share: number) => round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0, 1);
  return { p50Ms: at(0.5), p95Ms: at(0.95) };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
