import type { LimenEvent } from '../domain/event.ts';
import type { FinalVerdict } from '../domain/verdict.ts';
import { colours } from '../runtime/colours.ts';
import type { DemoClip } from './manifest.ts';

/** Where the demo's lines go: standard output, or nowhere while only the JSON summary is wanted. */
export type WriteLine = (line: string) => void;

const labelWidth = 10;

/** `  broker     embedded, on 127.0.0.1:1883` */
export function step(label: string, text: string): string {
  return `  ${colours.bold(label.padEnd(labelWidth))} ${text}`;
}

/** The heading of one clip. */
export function clipLine(clip: DemoClip): string {
  return `\n${colours.cyan('▶')} ${colours.bold(clip.name)}`;
}

/** The verdict with the numbers behind it, one line per thing a reader wants to know. */
export function verdictLines(verdict: FinalVerdict): string[] {
  const { evidence } = verdict;
  const head =
    verdict.kind === 'grant'
      ? `${colours.green('✔ GRANTED')}  ${colours.bold(verdict.name)} (${verdict.personId})`
      : `${colours.red('✘ REFUSED')}  ${verdict.reason}`;
  const distance = evidence.distance === null ? 'nobody to compare with' : `distance ${evidence.distance.toFixed(3)}`;
  const threshold = evidence.threshold === null ? '' : ` (at most ${evidence.threshold.toFixed(3)} is granted)`;
  const margin = evidence.margin === null ? '' : `, margin ${evidence.margin.toFixed(3)} to the next person`;
  const deciding = evidence.decidingMs === null ? '' : `, ${evidence.decidingMs} ms after the first usable picture`;
  const { surroundings } = evidence;
  const alive =
    evidence.liveness === null || !surroundings
      ? 'liveness: nothing to judge it by'
      : `liveness ${evidence.liveness.toFixed(2)}: the surroundings stayed in ${surroundings.still} looks, moved along in ${surroundings.moving}`;
  return [
    step('verdict', head),
    step('', `${distance}${threshold}${margin}`),
    step('', alive),
    step(
      '',
      `${evidence.framesUsed} of ${evidence.framesSeen} frames used; ${evidence.elapsedMs} ms after the first sighting${deciding}`,
    ),
  ];
}

/** What the lock did, drawn as the pulse a relay would see. */
export function lockLine(event: LimenEvent): string | null {
  if (event.kind === 'door.unlocked') {
    const { pulseMs } = (event as LimenEvent<'door.unlocked'>).body;
    return step('lock', `${colours.green('▁▁▔▔')} released for ${pulseMs} ms`);
  }
  if (event.kind === 'door.locked') {
    const { openMs, cause } = (event as LimenEvent<'door.locked'>).body;
    return step('lock', `${colours.green('▔▔▁▁')} back at rest after ${Math.round(openMs)} ms (${cause})`);
  }
  if (event.kind === 'door.fault')
    return step('lock', colours.red(`fault: ${(event as LimenEvent<'door.fault'>).body.reason}`));
  return null;
}

/** An event that has reached the hub. */
export function arrivalLine(event: LimenEvent): string {
  return step('hub', colours.dim(`received #${event.seq} ${event.kind} from ${event.terminal}`));
}
