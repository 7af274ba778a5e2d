import type { LimenEvent } from '../domain/event.ts';
import type { FinalVerdict } from '../domain/verdict.ts';
import { colours } from '../runtime/colours.ts';
import type { DemoClip } from './manifest.ts';

/** How one clip ended, against how it should have. */
export interface ClipResult {
  readonly clip: string;
  readonly expected: DemoClip['expect'];
  readonly verdicts: readonly FinalVerdict[];
  /** Every opening of the lock, in milliseconds, as read back from it. */
  readonly pulsesMs: readonly number[];
  readonly correct: boolean;
}

/** What `--json` prints. */
export interface DemoSummary {
  readonly clips: readonly ClipResult[];
  readonly correct: number;
  readonly events: { readonly journalled: number; readonly arrivedAtHub: number };
  readonly interrupted: boolean;
}

/**
 * Right only if the door did what the verdict said, too: an expected person is granted and the lock pulsed; for a
 * stranger there is a refusal, no grant at any time, and a lock that never moved.
 */
export function judgeClip(
  clip: DemoClip,
  verdicts: readonly FinalVerdict[],
  events: readonly LimenEvent[],
): ClipResult {
  const pulsesMs = events
    .filter((event) => event.kind === 'door.locked')
    .map((event) => Math.round((event as LimenEvent<'door.locked'>).body.openMs));
  const { expect } = clip;
  const grants = verdicts.filter((verdict) => verdict.kind === 'grant');
  const correct =
    expect.verdict === 'grant'
      ? grants.length > 0 &&
        grants.every((grant) => grant.personId === expect.personId) &&
        pulsesMs.length === grants.length
      : verdicts.length > 0 && grants.length === 0 && pulsesMs.length === 0;
  return { clip: clip.name, expected: expect, verdicts, pulsesMs, correct };
}

/** True when every clip ended as its manifest says and every event reached the hub. */
export function allCorrect(summary: DemoSummary): boolean {
  const { clips, correct, events, interrupted } = summary;
  return !interrupted && clips.length > 0 && correct === clips.length && events.arrivedAtHub === events.journalled;
}

/** The end of the show, for people. */
export function summaryLines(summary: DemoSummary): string[] {
  const { clips, correct, events } = summary;
  const wrong = clips
    .filter((clip) => !clip.correct)
    .map((clip) => `  ${colours.red('✘')} ${clip.clip} did not end as it should`);
  const tally = `${correct} of ${clips.length} clips ended as they should; ${events.arrivedAtHub} of ${events.journalled} events reached the hub.`;
  return ['', ...wrong, `${correct === clips.length ? colours.green('✔') : colours.red('✘')} ${tally}`];
}
