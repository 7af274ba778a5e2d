import { computed, signal } from '@preact/signals';
import type { FaceMessage, ScreenSetup, ScreenState } from '../../kiosk/message.ts';

/** A state, and when it came by this browser's clock: times in it are of the terminal's. */
export interface Told extends ScreenState {
  readonly toldMs: number;
}

/** What does not change; `null` until the terminal has answered. */
export const setup = signal<ScreenSetup | null>(null);

/** What the terminal said last; `null` while it does not answer. */
export const told = signal<Told | null>(null);

/** Where the face is in the newest picture. */
export const face = signal<FaceMessage | null>(null);

/** What was typed into the pad when it was opened by hand; `null` while it is shut. */
export const padIsOpen = signal(false);

/** The view alone: most parts of the screen depend on nothing else. */
export const view = computed(() => told.value?.view ?? null);

/** How long something of the terminal's clock is still to last, in milliseconds. */
export function leftMs(untilMs: number): number {
  const now = told.peek();
  return now === null ? 0 : Math.max(0, untilMs - now.nowMs - (performance.now() - now.toldMs));
}

/** A sentence in the language of the screen, with what stands in braces put in. */
export function say(key: string, values: Readonly<Record<string, string | number>> = {}): string {
  const sentence = setup.value?.words[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}

/** A time of day as the clock on the wall shows it. */
export function timeOf(at: Date): string {
  return formatted(at, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

/** The day in words. */
export function dayOf(at: Date): string {
  return formatted(at, { weekday: 'long', day: 'numeric', month: 'long' });
}

function formatted(at: Date, how: Intl.DateTimeFormatOptions): string {
  const { words, timeZone } = setup.value ?? {};
  return new Intl.DateTimeFormat(words?.tag, { ...how, ...(timeZone && { timeZone }) }).format(at);
}
