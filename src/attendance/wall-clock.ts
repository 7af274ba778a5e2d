import { Temporal } from '@js-temporal/polyfill';
import type { Stretch } from '../domain/stretches.ts';
import type { Rounding } from './plan.ts';

const msPerMinute = 60_000;
const msPerHour = 3_600_000;
const msPerDay = 86_400_000;

/** From one instant until another, milliseconds since 1970. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The instant at which a wall clock shows a time of a day. An hour that comes twice means the first time, one that is
 * left out the time as long after the gap (RFC 5545 and Temporal's "compatible" do the same).
 */
export function instantAt(date: string, time: string, timeZone: string): number {
  const key = `${date} ${time} ${timeZone}`;
  const known = instants.get(key);
  if (known !== undefined) return known;
  const clock = time === '24:00' ? { date: dayPlus(date, 1), time: '00:00' } : { date, time };
  const plain = Temporal.PlainDateTime.from(`${clock.date}T${clock.time}`);
  const instant = plain.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds;
  if (instants.size >= mostRemembered) instants.clear();
  instants.set(key, instant);
  return instant;
}

/** Everybody of a site has the same shifts, and the library is slow. */
const instants = new Map<string, number>();
const mostRemembered = 10_000;

/** The calendar day at an instant, `YYYY-MM-DD`. */
export function dateAt(ms: number, timeZone: string): string {
  return new Date(ms + offsetMs(ms, timeZone)).toISOString().slice(0, 10);
}

/** What the clock shows at an instant, `HH:MM`. */
export function clockAt(ms: number, timeZone: string): string {
  return new Date(ms + offsetMs(ms, timeZone)).toISOString().slice(11, 16);
}

/** A stretch of a day as instants: a night over a change of the clocks is as long as it really is. */
export function spanOf(date: string, { from, to }: Stretch, timeZone: string): Span {
  const endDate = to !== '24:00' && to <= from ? dayPlus(date, 1) : date;
  return { fromMs: instantAt(date, from, timeZone), toMs: instantAt(endDate, to, timeZone) };
}

/** An instant on a grid of the wall clock. The grid divides the hour, so that a change of the clocks lies on it. */
export function rounded(ms: number, rounding: Rounding | undefined, timeZone: string): number {
  if (rounding === undefined) return ms;
  const gridMs = minutesToMs(rounding.toMinutes);
  const offset = offsetMs(ms, timeZone);
  const round = { nearest: Math.round, up: Math.ceil, down: Math.floor }[rounding.mode];
  return round((ms + offset) / gridMs) * gridMs - offset;
}

/** A calendar day, so many days later. */
export function dayPlus(date: string, days: number): string {
  return new Date(Date.parse(date) + days * msPerDay).toISOString().slice(0, 10);
}

/** How many days from one calendar day to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / msPerDay);
}

/** Every day from one to another, both included. */
export function daysFrom(from: string, to: string): string[] {
  return Array.from({ length: Math.max(0, daysBetween(from, to) + 1) }, (_, days) => dayPlus(from, days));
}

/** The Monday of a day's week (ISO 8601). */
export function weekOf(date: string): string {
  return dayPlus(date, -((new Date(date).getUTCDay() + 6) % 7));
}

/** `7:30` for seven and a half hours; parts of a minute are not shown, and a minus sign is. */
export function hoursInWords(ms: number): string {
  const minutes = Math.trunc(Math.abs(ms) / msPerMinute);
  return `${ms < 0 && minutes > 0 ? '-' : ''}${Math.trunc(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}

export function minutesToMs(minutes: number): number {
  return minutes * msPerMinute;
}

/** How much of a span lies in another. */
export function overlapMs(a: Span, b: Span): number {
  return Math.max(0, Math.min(a.toMs, b.toMs) - Math.max(a.fromMs, b.fromMs));
}

/**
 * How far the wall clock is ahead of UTC. Asked of the library once an hour and zone: it is slow, and a month of ten
 * thousand people asks a million times. An hour in which the clocks change is asked for every instant.
 */
function offsetMs(ms: number, timeZone: string): number {
  const hour = Math.floor(ms / msPerHour);
  const known = offsets.get(timeZone) ?? new Map<number, number | null>();
  offsets.set(timeZone, known);
  if (!known.has(hour)) known.set(hour, steadyOffsetMs(hour * msPerHour, timeZone));
  return known.get(hour) ?? exactOffsetMs(ms, timeZone);
}

/** `null` where the clocks change within the hour. */
function steadyOffsetMs(fromMs: number, timeZone: string): number | null {
  const offset = exactOffsetMs(fromMs, timeZone);
  return offset === exactOffsetMs(fromMs + msPerHour - 1, timeZone) ? offset : null;
}

/** Zone -> hour since 1970 -> offset. */
const offsets = new Map<string, Map<number, number | null>>();

function exactOffsetMs(ms: number, timeZone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone).offsetNanoseconds / 1e6;
}
