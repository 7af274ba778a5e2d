import type { Role } from '../../console/roles.ts';
import { type Place, place, terminals } from './state.ts';

/** What is said otherwise in the hub's console and in a terminal's own. */
interface PlaceWords {
  readonly noAnswer: string;
  readonly toFirstPage: string;
  /** Behind how many people there are. */
  readonly people: string;
  readonly nobody: { readonly title: string; readonly says: string };
  readonly events: string;
  readonly noEvents: string;
  /** Over the last events of one terminal. */
  readonly happened: string;
  readonly accounts: string;
  readonly changes: string;
  /** What each role may. */
  readonly roles: Readonly<Record<Role, string>>;
}

const words: Readonly<Record<Place, PlaceWords>> = {
  hub: {
    noAnswer: 'The hub does not answer.',
    toFirstPage: 'To the terminals',
    people: '',
    nobody: {
      title: 'Nobody is enrolled yet',
      says: 'Enrol somebody with a camera or from pictures, or many at once from a list. Terminals know them seconds later.',
    },
    events: 'What happens at every terminal, newest first. New ones come in by themselves.',
    noEvents:
      'Whatever terminals see and do is listed here seconds later: who came, who was refused and why, doors, alarms.',
    happened: 'What happened there',
    accounts: 'Who may sign in to this console.',
    changes:
      'Who changed what, newest first. Each entry is signed by the hub and carries the digest of the one before.',
    roles: {
      administrator: 'Everything: rules, settings, terminals, accounts.',
      operator: 'The day to day: people, doors, corrections.',
      auditor: 'Looks at everything, changes nothing.',
    },
  },
  terminal: {
    noAnswer: 'The terminal does not answer.',
    toFirstPage: 'To this terminal',
    people: ' People are enrolled, changed and erased at the hub; this terminal knows them from there.',
    nobody: {
      title: 'This terminal knows nobody yet',
      says: 'Whom it lets in comes from the hub, by way of the broker. People are enrolled there.',
    },
    events: 'What happens here, newest first. New ones come in by themselves.',
    noEvents: 'Whatever this terminal sees and does is listed here: who came, who was refused and why, doors, alarms.',
    happened: 'What happened here',
    accounts: 'Who may sign in to this console. Accounts of the hub, or of other terminals, do not count here.',
    changes:
      'Who did what in this console, newest first. Each entry is an event in the journal of this terminal, and goes to the hub with the others.',
    roles: {
      administrator: 'Everything: also ends a lockdown, and says who may sign in.',
      operator: 'Unlocks the door, locks it, locks it down.',
      auditor: 'Looks at everything, changes nothing.',
    },
  },
};

/** Of a terminal that belongs to no hub. */
const alone: PlaceWords = {
  ...words.terminal,
  people: ' This terminal has no hub: it knows whom its gallery file has.',
  nobody: {
    title: 'This terminal knows nobody yet',
    says: 'It has no hub. People are enrolled at one: set this terminal up with its file, limen provision FILE.',
  },
  changes: 'Who did what in this console, newest first. Each entry is an event in the journal of this terminal.',
};

/** The words for whose console this is. */
export function placeWords(): PlaceWords {
  const isAlone = place.value === 'terminal' && terminals.value?.[0]?.provisionedAt === null;
  return isAlone ? alone : words[place.value];
}
