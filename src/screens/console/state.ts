import { computed, signal } from '@preact/signals';
import type { EventTold } from '../../console/answers/live.ts';
import type { Erasure, ImportState } from '../../console/answers/people.ts';
import type { Here } from '../../console/answers/session.ts';
import type { Heard, TerminalView } from '../../console/answers/terminals.ts';
import type { Role } from '../../console/roles.ts';

/** Who is signed in; `null` until the server has said. */
export const session = signal<Here | null>(null);

/** Whose console this is: the hub's, or that of one terminal, which has fewer pages and fewer powers. */
export type Place = Here['place'];

/** See {@link Place}; the hub until the server has said. */
export const place = computed<Place>(() => session.value?.place ?? 'hub');

/** Whether this is the console of one terminal. */
export const isAtTerminal = computed(() => place.value === 'terminal');

/** What the console is called: by its terminal, where it is one's own. */
export const ownName = computed(() => session.value?.terminal ?? 'limen');

/** Why the sign-in page is shown, where that is not plain. */
export const signedOutBecause = signal<string | null>(null);

/** Every terminal, as the server last said; `null` until it has. */
export const terminals = signal<readonly TerminalView[] | null>(null);

/** What terminals have said since of how they do, by their names. */
export const heard = signal<ReadonlyMap<string, Heard>>(new Map());

/** The newest that is known of how it does; `null` of one that was never heard. */
export function heardFrom({ id, heard: before }: TerminalView): Heard | null {
  return heard.value.get(id) ?? before;
}

/** Events as they came since the page was opened, newest first. */
export const freshEvents = signal<readonly EventTold[]>([]);

/** What the people are called whom {@link freshEvents} name. */
export const freshNames = signal<Readonly<Record<string, string>>>({});

/** Receipts of erasures as they arrived, by person. */
export const erasures = signal<ReadonlyMap<string, Erasure>>(new Map());

/** The import that is shown, with as much of its report as is here. */
export const importing = signal<ImportState | null>(null);

/** What was done on the page before, to be told on the page that it led to. */
export interface Notice {
  readonly tone: 'good' | 'warn';
  readonly says: string;
  readonly more: readonly string[];
  /** The address of the page that tells it. */
  readonly at: string;
}

/** See {@link Notice}. */
export const notice = signal<Notice | null>(null);

/** How often the stream of changes was opened. */
export const opened = signal(0);

/** How far the first start is, once there is an administrator; `null` when it is over. */
export const settingUp = signal<'terminal' | 'done' | null>(null);

/** Terminals that count: those that were not revoked. */
export const inService = computed(() => (terminals.value ?? []).filter(({ revokedAt }) => revokedAt === null));

const ranks: Record<Role, number> = { auditor: 0, operator: 1, administrator: 2 };

/** Whether whoever is signed in may do what this role may; the server decides, this only spares a refusal. */
export function mayAs(role: Role): boolean {
  const own = session.value?.role;
  return own != null && ranks[own] >= ranks[role];
}

/** Whether whoever is signed in may enrol and change people: that is done at the hub only. */
export function mayEnrol(): boolean {
  return !isAtTerminal.value && mayAs('operator');
}
