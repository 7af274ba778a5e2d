import type { Template } from './template.ts';

/** Someone who may be recognised. Ids are chosen by the site (a staff number, for example) and never reused. */
export interface Person {
  readonly id: string;
  readonly name: string;
  /** None for who is enrolled without a face: see {@link hasFace}. */
  readonly templates: readonly Template[];
  readonly groups: readonly string[];
  /** ISO 8601 instants; outside of them the person is known but refused. `null` means no limit. */
  readonly validFrom: string | null;
  readonly validUntil: string | null;
  /** scrypt, see `access/pin.ts`; absent for people without a PIN. */
  readonly pinHash?: string;
  /** Of the PIN that opens and raises a silent alarm. */
  readonly duressPinHash?: string;
  /** Card numbers as a reader gives them, see `reader/card-number.ts`. */
  readonly cards?: readonly string[];
  /** Needs the door for longer. */
  readonly extendedPulse?: boolean;
  /** The gallery version that last changed this person. */
  readonly version: number;
}

/** Ids travel in MQTT topics and file names: letters, digits, `.`, `_`, `-`; at most 64, not starting with a dot. */
export const idPattern = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/;

/** Whether somebody is enrolled with their face. Who is not is never compared with anybody: a card and a PIN speak for them. */
export function hasFace({ templates }: Pick<Person, 'templates'>): boolean {
  return templates.length > 0;
}
