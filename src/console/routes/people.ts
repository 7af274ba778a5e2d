import { z } from 'zod';
import { LimenError } from '../../domain/errors.ts';
import { cardFrom } from '../../hub/card-text.ts';
import { changePerson } from '../../hub/people-office.ts';
import { changeOfPins } from '../../hub/pins.ts';
import { changed, enrolled, erasure, personId } from '../answers/people.ts';
import { reason } from '../answers/reason.ts';
import { erase, eraseFace } from '../erasures.ts';
import { everybody, operators } from '../roles.ts';
import { type Route, route } from '../route.ts';

const named = z.object({ person: personId });
const name = z.string().trim().min(1).max(200);
const group = z.string().trim().min(1).max(64);
const groups = z.array(group).max(100);
const instant = z.iso.datetime({ offset: true }).nullable();
const pin = z.string().min(4).max(12);
const cards = z.array(z.string().max(64)).max(20);
const ofPerson = ({ params }: { params: { person: string } }) => params.person;
const nothing = z.object({});

/** Enrolling people, changing, suspending, erasing them. */
export const peopleRoutes: readonly Route[] = [
  route({
    ...{
      method: 'POST',
      path: '/api/people',
      may: operators,
      says: 'Enrol somebody with pictures that were looked at, or without a face',
    },
    body: z.object({
      ...{
        id: personId,
        name,
        groups: groups.default([]),
        validFrom: instant.default(null),
        validUntil: instant.default(null),
      },
      cards: cards.default([]),
      pin: pin.optional(),
      pictures: z
        .array(z.string().max(26))
        .max(24)
        .default([])
        .meta({ description: 'What POST /api/pictures named them; at least one, unless withoutFace' }),
      withoutFace: z
        .boolean()
        .default(false)
        .meta({ description: 'They declined a face: card and PIN speak for them' }),
      despiteDoubts: z.boolean().default(false).meta({ description: 'Although somebody looks alike' }),
      again: z.boolean().default(false).meta({ description: 'New templates of somebody who is enrolled' }),
    }),
    answer: enrolled,
    audit: {
      action: 'person.enrolled',
      target: ({ body }) => body.id,
      detail: ({ body: { pictures, withoutFace, despiteDoubts, again } }) => ({
        ...{ pictures: pictures.length, withoutFace, despiteDoubts, again },
      }),
    },
    handle: async ({ body, who }, { hub, tray }) => {
      const { pictures: ids, withoutFace, pin, cards, again, id, name, despiteDoubts, ...said } = body;
      if (withoutFace && ids.length > 0) throw picturesOfNobody(name);
      const face = withoutFace ? { withoutFace: true as const } : { pictures: tray.take(who.name, ids) };
      const pins = await changeOfPins({}, { pin: pin ?? null, duressPin: null });
      // Of somebody who is enrolled, everything that new pictures do not change stays.
      const rest = again ? {} : { ...said, ...(cards.length > 0 && { cards: cards.map(cardFrom) }) };
      const { warnings, ...done } = await hub.enrol({ id, name, ...face, despiteDoubts, again, ...rest, ...pins });
      tray.drop(who.name, ids);
      return { ...done, warnings: [...warnings] };
    },
  }),
  route({
    ...{ method: 'PATCH', path: '/api/people/:person', may: operators, says: 'Change what somebody has and may' },
    params: named,
    body: z.object({
      name: name.optional(),
      groups: groups.optional(),
      validFrom: instant.optional(),
      validUntil: instant.optional(),
      cards: cards.optional(),
      extendedPulse: z.boolean().optional(),
      pin: pin.nullable().optional().meta({ description: 'null takes it away' }),
      duressPin: pin.nullable().optional(),
      basedOn: z
        .number()
        .int()
        .min(0)
        .optional()
        .meta({ description: 'The version that was looked at; refused where somebody has changed them since' }),
    }),
    answer: changed,
    audit: {
      action: 'person.changed',
      target: ofPerson,
      detail: ({ body: { basedOn: _before, ...body } }) => ({ changed: Object.keys(body) }),
    },
    handle: async ({ params, body }, desk) => {
      const { pin, duressPin, cards, extendedPulse, basedOn, ...plain } = defined(body);
      const change = {
        ...plain,
        ...(cards && { cards: cards.map(cardFrom) }),
        ...(extendedPulse !== undefined && { extendedPulse: extendedPulse || null }),
        ...(pin === null ? { pinHash: null } : pin !== undefined && { pin }),
        ...(duressPin === null ? { duressPinHash: null } : duressPin !== undefined && { duressPin }),
      };
      return changePerson(desk, params.person, change, { basedOn });
    },
  }),
  route({
    ...{ method: 'PUT', path: '/api/people/:person/suspension', may: operators, says: 'Nobody lets them pass for now' },
    params: named,
    body: z.object({ reason }),
    answer: changed,
    audit: { action: 'person.suspended', target: ofPerson },
    handle: ({ params, body, who }, { hub }) => hub.suspend(params.person, { author: who.name, reason: body.reason }),
  }),
  route({
    ...{ method: 'DELETE', path: '/api/people/:person/suspension', may: operators, says: 'They may pass again' },
    params: named,
    answer: changed,
    audit: { action: 'person.resumed', target: ofPerson },
    handle: ({ params }, { hub }) => hub.resume(params.person),
  }),
  route({
    ...{
      method: 'DELETE',
      path: '/api/people/:person',
      may: operators,
      says: 'Forget somebody, here and at every terminal',
    },
    params: named,
    answer: erasure,
    audit: { action: 'person.erased', target: ofPerson },
    handle: ({ params }, desk) => erase(desk, params.person),
  }),
  route({
    ...{
      method: 'GET',
      path: '/api/people/:person/erasure',
      may: everybody,
      says: 'Which terminals have confirmed an erasure',
    },
    params: named,
    answer: erasure,
    handle: async ({ params: { person: id } }, { hub }) => {
      const receipts = await hub.erasureReceipts(id);
      if (receipts === null) throw new LimenError('person.unknown', `Nobody with the id ${id} was erased.`, {});
      return { id, version: receipts.version, terminals: receipts.terminals.map((one) => ({ ...one })) };
    },
  }),
  route({
    ...{ method: 'DELETE', path: '/api/people/:person/face', may: operators },
    says: 'Forget the face of somebody, here and at every terminal, and nothing else of them',
    params: named,
    answer: erasure,
    audit: { action: 'person.face-erased', target: ofPerson },
    handle: ({ params }, desk) => eraseFace(desk, params.person),
  }),
  route({
    ...{ method: 'GET', path: '/api/people/:person/face-erasure', may: everybody },
    says: 'Which terminals have confirmed that a face is forgotten',
    params: named,
    answer: erasure,
    handle: async ({ params: { person: id } }, { hub }) => {
      const receipts = await hub.faceReceipts(id);
      if (receipts === null) throw new LimenError('person.unknown', `The face of ${id} was not erased.`, {});
      return { id, version: receipts.version, terminals: receipts.terminals.map((one) => ({ ...one })) };
    },
  }),
  route({
    ...{ method: 'DELETE', path: '/api/pictures/:picture', may: operators, says: 'Leave a picture out' },
    params: z.object({ picture: z.string().max(26) }),
    answer: nothing,
    audit: null,
    handle: async ({ params, who }, { tray }) => {
      tray.drop(who.name, [params.picture]);
      return {};
    },
  }),
];

function picturesOfNobody(name: string): LimenError {
  return new LimenError('usage.invalid', `${name} is to be enrolled without a face, and there are pictures.`, {
    hint: 'Leave the pictures out.',
  });
}

function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
