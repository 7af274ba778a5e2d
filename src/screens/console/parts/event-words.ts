import type { EventListed } from '../../../console/answers/events.ts';
import type { Tone } from './page.tsx';

/** An event in words: what happened, to whom, and whether somebody should look. */
export interface EventWords {
  readonly tone: Tone;
  readonly says: string;
  /** Id of the person, where it names one. */
  readonly person: string | null;
}

type Body = Readonly<Record<string, unknown>>;

/** What a denial says, from the side of whoever looks on. */
const denials: Readonly<Record<string, string>> = {
  unknown: 'nobody who is enrolled',
  ambiguous: 'two people are too alike to tell',
  spoof: 'not a living face',
  'no-liveness': 'no sign of life was seen',
  'challenge-failed': 'the act that was asked for was not done',
  'poor-quality': 'no good look at the face',
  'not-yet-valid': 'not valid yet',
  expired: 'not valid any more',
  'no-gallery': 'the terminal has no gallery yet',
  'gallery-expired': 'the gallery was not confirmed in time',
  'no-rules': 'the rules of the hub have not come yet',
  'not-authorised-here': 'not authorised here',
  'out-of-schedule': 'not at this time',
  'anti-passback': 'is inside already, or outside',
  interlock: 'another door is open',
  'locked-out': 'has to wait after failures',
  'second-factor': 'no second factor',
  'two-person': 'a second person did not come',
};

const punches: Readonly<Record<string, string>> = {
  in: 'IN',
  out: 'OUT',
  'break-start': 'began a break',
  'break-end': 'ended a break',
  change: 'changed work',
};

const told: Readonly<Record<string, (body: Body) => Omit<EventWords, 'person'>>> = {
  'verdict.granted': () => ({ tone: 'good', says: 'Let in' }),
  'verdict.denied': ({ reason }) => ({ tone: 'bad', says: `Refused: ${denials[String(reason)] ?? String(reason)}` }),
  'punch.recorded': ({ direction, work, verifiedBy, afterRefusal }) => {
    const says = `Punched ${punches[String(direction)] ?? String(direction)}${work ? `, ${String(work)}` : ''}`;
    if (afterRefusal === undefined) return { tone: 'good', says };
    const by = Array.isArray(verifiedBy) ? verifiedBy.join(' and ') : '';
    return {
      tone: 'warn',
      says: `${says} by ${by}, the face was refused: ${denials[String(afterRefusal)] ?? afterRefusal}`,
    };
  },
  'door.unlocked': () => ({ tone: 'plain', says: 'The door was unlocked' }),
  'door.locked': () => ({ tone: 'plain', says: 'The door was locked' }),
  'door.opened': () => ({ tone: 'plain', says: 'The door was opened' }),
  'door.closed': () => ({ tone: 'plain', says: 'The door was closed' }),
  'door.requested': () => ({ tone: 'plain', says: 'An opening was asked for' }),
  'door.refused': () => ({ tone: 'warn', says: 'An opening was refused' }),
  'door.unused': () => ({ tone: 'plain', says: 'Let in, and did not open the door' }),
  'door.pre-alarm': () => ({ tone: 'warn', says: 'The door stands open' }),
  'door.alarm-raised': ({ alarm }) => ({ tone: 'bad', says: `Alarm: ${spaced(alarm)}` }),
  'door.alarm-cleared': ({ alarm }) => ({ tone: 'plain', says: `Alarm over: ${spaced(alarm)}` }),
  'door.locked-down': () => ({ tone: 'warn', says: 'Locked down' }),
  'door.lifted': () => ({ tone: 'plain', says: 'The lockdown was ended' }),
  'door.fault': () => ({ tone: 'bad', says: 'The lock is faulty' }),
  'access.passed': () => ({ tone: 'plain', says: 'Went through' }),
  'access.duress': () => ({ tone: 'bad', says: 'Duress PIN' }),
  'access.factor-asked': () => ({ tone: 'plain', says: 'A second factor was asked for' }),
  'access.factor-refused': ({ factor }) => ({ tone: 'warn', says: `A ${String(factor)} was refused` }),
  'access.factor-proven': ({ factor }) => ({ tone: 'plain', says: `A ${String(factor)} was right` }),
  'access.anti-passback': () => ({ tone: 'warn', says: 'Let through against anti-passback' }),
  'access.free-access-waiting': () => ({ tone: 'warn', says: 'Free access waits for a clock that is set' }),
  'access.reset': ({ what, personId }) => {
    const whose = personId === null ? 'everybody' : 'somebody';
    return { tone: 'plain', says: what === 'lock-out' ? `Forgot failures of ${whose}` : `Forgot where ${whose} is` };
  },
  'access.rules-refused': () => ({ tone: 'bad', says: 'Refused the rules of the hub' }),
  'access.rules-updated': ({ version }) => ({ tone: 'plain', says: `Took version ${String(version)} of the rules` }),
  'gallery.updated': ({ version }) => ({ tone: 'plain', says: `Took version ${String(version)} of the gallery` }),
  'gallery.erased': () => ({ tone: 'plain', says: 'Confirmed an erasure' }),
  'gallery.face-erased': () => ({ tone: 'plain', says: 'Confirmed that a face is forgotten' }),
  'camera.stalled': () => ({ tone: 'bad', says: 'The camera does not answer' }),
  'camera.recovered': () => ({ tone: 'plain', says: 'The camera is back' }),
  'command.accepted': ({ verb, issuer }) => ({
    tone: 'plain',
    says: `Told to ${spaced(verb)}${typeof issuer === 'string' ? `, by ${issuer}` : ''}`,
  }),
  'command.done': ({ verb }) => ({ tone: 'plain', says: `Did as told: ${spaced(verb)}` }),
  'command.failed': ({ verb, why }) => ({ tone: 'bad', says: `Could not ${spaced(verb)}: ${String(why)}` }),
  'command.refused': ({ verb, why }) => ({
    tone: 'warn',
    says: `Refused to ${spaced(verb ?? 'obey')}: ${String(why)}`,
  }),
  'console.deed': (body) => deedInWords(body),
  'terminal.started': () => ({ tone: 'plain', says: 'Started' }),
  'terminal.stopped': () => ({ tone: 'plain', says: 'Stopped' }),
  'broker.lost': () => ({ tone: 'warn', says: 'Lost the broker' }),
  'broker.connected': () => ({ tone: 'plain', says: 'Connected to the broker' }),
};

/** Put an event into words; one of a newer terminal is told by its kind. */
export function inWords({ kind, body }: Pick<EventListed, 'kind' | 'body'>): EventWords {
  const { personId } = body;
  const person = typeof personId === 'string' ? personId : null;
  const words = told[kind]?.(body);
  if (words !== undefined) return { ...words, person };
  // What carries a code is trouble.
  return { tone: 'code' in body ? 'warn' : 'plain', says: capital(spaced(kind.replace('.', ': '))), person };
}

/** What somebody did through the terminal's own console. */
function deedInWords({ account, action, target, detail }: Body): Omit<EventWords, 'person'> {
  const { verb, count } = (detail ?? {}) as Body;
  if (action === 'terminal.commanded')
    return { tone: 'plain', says: `Told to ${spaced(verb)}, by ${account} at its console` };
  if (action === 'session.begun') return { tone: 'plain', says: `${account} signed in at its console` };
  if (action === 'session.ended') return { tone: 'plain', says: `${account} signed out of its console` };
  if (action === 'session.refused') {
    const times = count === undefined ? '' : ` ${String(count)} times within a minute`;
    return { tone: 'warn', says: `Signing in at its console was refused${times}` };
  }
  const did = spaced(String(action).replace('.', ' '));
  return { tone: 'plain', says: `At its console, ${account}: ${did}${target ? `, ${target}` : ''}` };
}

function spaced(text: unknown): string {
  return String(text).replaceAll('-', ' ');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What can be chosen from: a name, and the kinds that it stands for. */
export const kindChoices: readonly (readonly [name: string, kinds: string])[] = [
  ['Everything', ''],
  ['Verdicts', 'verdict.*'],
  ['Refusals', 'verdict.denied'],
  ['Punches', 'punch.*'],
  ['Alarms and faults', 'door.alarm-raised,door.fault,access.duress,camera.stalled'],
  ['Doors', 'door.*'],
  ['Rules, cards and PINs', 'access.*'],
  ['Commands', 'command.*,console.*'],
  ['Gallery', 'gallery.*'],
  ['Terminals', 'terminal.*,camera.*,vision.*,broker.*,clock.*,journal.*,keys.*'],
];
