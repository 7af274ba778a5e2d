import type { HubState } from '../hub/hub-store.ts';
import type { Status as Said } from '../sync/messages.ts';
import type { Heard, TerminalView, Worry } from './answers/terminals.ts';

type Status = NonNullable<TerminalView['status']>;

/** A Pi slows down at 80 °C, a Jetson soon after. */
const hotC = 80;
/** A journal of a busy door needs some MB a month; below this, something else fills the disk. */
const diskLowMb = 500;
/** The picture that somebody is judged by is older than people wait for. */
const slowMs = 2000;
/** A camera takes its time to open. */
const startMs = 30_000;
/** Less is on its way between two machines whose clocks are right. */
const clockOffMs = 5000;

/** What somebody should look after at a terminal that is online. */
export function worriesOf(
  { at, vitals, clockAheadMs }: Heard,
  { clock, since }: Pick<Status, 'clock' | 'since'>,
): Worry[] {
  const worries: Worry[] = [];
  if (vitals !== null) {
    const { framesPerSecond, latencyMs, temperatureC, diskFreeMb } = vitals;
    if (framesPerSecond === 0 && Date.parse(at) - Date.parse(since) > startMs) worries.push('no-pictures');
    if (latencyMs !== null && latencyMs > slowMs) worries.push('slow');
    if (temperatureC !== null && temperatureC >= hotC) worries.push('hot');
    if (diskFreeMb !== null && diskFreeMb < diskLowMb) worries.push('disk-low');
  }
  if (clock === 'unsynced') worries.push('clock-unset');
  else if (clockAheadMs !== null && Math.abs(clockAheadMs) > clockOffMs) worries.push('clock-off');
  return worries;
}

/** A terminal that knows more of the hub's history than the hub does: its books were restored, and nothing of them is taken. */
export function galleryWorries(
  { gallery }: Pick<Extract<Said, { online: true }>, 'gallery'>,
  { lineage, version }: HubState,
): Worry[] {
  return gallery.lineage === lineage && gallery.version > version ? ['gallery-newer'] : [];
}
