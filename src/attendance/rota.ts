import { daysLater, laid } from '../domain/stretches.ts';
import type { Shift, Terms } from './plan.ts';
import { dayPlus, daysBetween, type Span, spanOf } from './wall-clock.ts';

/** What was expected of somebody on a day. */
export interface PlannedDay {
  readonly date: string;
  readonly employed: boolean;
  /** Name of the calendar that makes it a holiday; a shift that falls on one is off. */
  readonly holiday: string | null;
  readonly shift: NamedShift | null;
  /** There is a rota, and it has no shift for the day, whether that is a holiday or not. */
  readonly isDayOff: boolean;
  /** The shift that a paid holiday took the place of: its time is credited. */
  readonly creditedShift: NamedShift | null;
  /** When work was expected, in the order of time; empty on a day off, and for flexible shifts without a core time. */
  readonly stretches: readonly Span[];
}

export interface NamedShift {
  readonly name: string;
  readonly shift: Shift;
}

/** The plan of one person for one day. A shift that the plan does not have is a day off, never an error at pay day. */
export function plannedDay(terms: Terms, date: string): PlannedDay {
  const { plan } = terms;
  const employed = isEmployed(terms, date);
  const holiday = holidayOn(terms, date);
  const usual = employed ? shiftOf(terms, date) : null;
  const creditedShift = holiday !== null && plan.holidays[holiday]?.paid ? usual : null;
  const shift = holiday === null ? usual : null;
  const isDayOff = terms.rota !== null && usual === null;
  const stretches = stretchesOf(shift, date, terms.site.timeZone);
  return { date, employed, holiday, shift, isDayOff, creditedShift, stretches };
}

/** When a shift wants somebody to be there, in the order of time. */
export function stretchesOf(named: NamedShift | null, date: string, timeZone: string): Span[] {
  if (named === null) return [];
  const { shift } = named;
  const stretches = shift.kind === 'fixed' ? shift.stretches : shift.core === undefined ? [] : [shift.core];
  const days = laid(stretches).map((stretch) => dayPlus(date, daysLater(stretch)));
  return stretches.map((stretch, i) => spanOf(days[i] as string, stretch, timeZone));
}

function shiftOf({ plan, rota }: Terms, date: string): NamedShift | null {
  if (rota === null) return null;
  const days = daysBetween(rota.from, date);
  const name = days < 0 ? null : rota.days[days % rota.days.length];
  const shift = typeof name === 'string' ? plan.shifts[name] : undefined;
  return shift === undefined ? null : { name: name as string, shift };
}

function holidayOn({ plan, site }: Terms, date: string): string | null {
  const isOn = (name: string) => plan.holidays[name]?.dates.some((day) => day === date || day === date.slice(5));
  return site.holidays?.find(isOn) ?? null;
}

function isEmployed({ employed }: Terms, date: string): boolean {
  if (employed === null) return true;
  return employed.some(({ from, to }) => (from ?? date) <= date && date <= (to ?? date));
}
