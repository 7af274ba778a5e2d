import type { DoorAlarm, DoorState } from '../../domain/door-state.ts';
import type { Status } from '../../sync/messages.ts';
import { alarms } from './discovery.ts';

/** What the books know that a status does not say. */
export interface BookedFacts {
  /** Alarms that were raised and not cleared. */
  readonly alarms: readonly DoorAlarm[];
  /** The leaf was seen to move. */
  readonly hasContact: boolean;
  /** Who was let in last, and when; `null` for nobody. */
  readonly lastGrant: { readonly name: string; readonly personId: string; readonly at: string } | null;
}

/**
 * `lock` of Home Assistant: LOCKED, UNLOCKED, UNLOCKING, JAMMED are its own defaults, `None` is its word for unknown. What
 * stands open is not called locked.
 */
const lockState: Record<DoorState, string> = {
  locked: 'LOCKED',
  lockdown: 'LOCKED',
  unlocking: 'UNLOCKING',
  unlocked: 'UNLOCKED',
  opened: 'UNLOCKED',
  'held-open': 'UNLOCKED',
  forced: 'UNLOCKED',
  jammed: 'JAMMED',
  fault: 'None',
};
const standsOpen: ReadonlySet<DoorState> = new Set(['opened', 'held-open', 'forced']);
const onOff = (on: boolean) => (on ? 'ON' : 'OFF');

/** The state topic's JSON. Names nobody. */
export function stateOf(status: Extract<Status, { online: true }>, booked: BookedFacts): object {
  const { door, gallery, journal } = status;
  return {
    ...(door !== null && {
      lock: lockState[door],
      door: onOff(standsOpen.has(door)),
      alarms: Object.fromEntries(
        alarms.map((alarm) => [alarm, onOff(booked.alarms.includes(alarm) || door === alarm)]),
      ),
    }),
    people: gallery.people,
    unsent: journal.lastSeq - journal.acknowledgedSeq,
    started: status.since,
    clockProblem: onOff(status.clock !== 'synced'),
  };
}
