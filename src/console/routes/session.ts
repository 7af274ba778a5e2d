import { z } from 'zod';
import { LimenError } from '../../domain/errors.ts';
import { packageVersion } from '../../runtime/package-root.ts';
import { type Proven, setUpAlready } from '../accounts.ts';
import { type Here, here } from '../answers/session.ts';
import type { CommonDesk } from '../common-desk.ts';
import { assertOwnName, cookieName } from '../gate.ts';
import type { Place } from '../place.ts';
import { everybody } from '../roles.ts';
import { type Call, commonRoute, type Route } from '../route.ts';

const name = z.string().min(1).max(64);
const password = z.string().min(1).max(200);

/** Signing in and out, and the first of all accounts. */
export const sessionRoutes: readonly Route<CommonDesk>[] = [
  commonRoute({
    ...{ method: 'GET', path: '/api/session', may: 'anybody', says: 'Who is signed in' },
    answer: here,
    early: async ({ request }, house): Promise<Here> => {
      const at = hereAt(house.place, house.isOpen ? house.desk : null);
      if (!(await house.hasAccounts())) return { state: 'to-set-up', ...at, name: null, role: null };
      const token = tokenOf(request);
      const who = token === undefined ? null : await house.desk.sessions.who(token, { isUse: true });
      if (who === null) return { state: 'signed-out', ...at, name: null, role: null };
      return { state: 'signed-in', ...at, ...who };
    },
  }),
  commonRoute({
    ...{ method: 'POST', path: '/api/session', may: 'anybody', says: 'Sign in', mostPerMinute: 10 },
    body: z.object({ name, password }),
    answer: here,
    audit: null,
    handle: async (call, desk) => {
      const proven = await desk.accounts.proven(call.body.name, call.body.password);
      const answer = proven && (await signIn(call, desk, proven));
      if (answer !== null) return answer;
      const target = (await desk.accounts.find(call.body.name))?.name ?? null;
      await desk.refusals.note({ target, from: call.request.ip });
      throw refused();
    },
  }),
  commonRoute({
    ...{ method: 'DELETE', path: '/api/session', may: everybody, says: 'Sign out' },
    answer: z.object({}),
    audit: { action: 'session.ended' },
    handle: async ({ request, reply }, { sessions }) => {
      await sessions.end(tokenOf(request) ?? '');
      reply.clearCookie(cookieName(request.protocol === 'https'), { path: '/', secure: request.protocol === 'https' });
      return {};
    },
  }),
  commonRoute({
    ...{
      method: 'POST',
      path: '/api/setup',
      may: 'anybody',
      says: 'Make the first administrator, and the keys of a hub that has none',
    },
    mostPerMinute: 10,
    body: z.object({
      code: z.string().min(1).max(64).meta({ description: 'What limen hub run, or limen run, has printed' }),
      name,
      password,
    }),
    answer: here,
    audit: null,
    early: async (call, house) => {
      assertOwnName(call.request);
      if (await house.hasAccounts()) throw setUpAlready(house.place);
      const { code, name, password } = call.body;
      house.code.assert(code);
      const desk = await house.setUp();
      const role = 'administrator';
      const account = await desk.changeAccounts(
        { account: name, action: 'account.added', target: name, detail: { role } },
        (accounts) => accounts.add({ name, password, role }, { first: true }),
      );
      house.guarded();
      const answer = await signIn(call, desk, account);
      if (answer === null) throw refused();
      return answer;
    },
  }),
];

function tokenOf({ protocol, cookies }: Call['request']): string | undefined {
  return cookies[cookieName(protocol === 'https')];
}

function refused(): LimenError {
  return new LimenError('session.refused', 'That name and that password do not belong together.', {
    hint: 'Check both; where the password is lost, an administrator can set another.',
  });
}

/** @returns `null` where what was proven is so no more. */
async function signIn(
  { request, reply }: Pick<Call, 'request' | 'reply'>,
  desk: CommonDesk,
  account: Proven,
): Promise<Here | null> {
  const secure = request.protocol === 'https';
  const { name, role } = account;
  const token = await desk.sessions.begin(account);
  if (token === null) return null;
  try {
    await desk.audit.tell({ account: name, action: 'session.begun', target: null, detail: { from: request.ip } });
  } catch (error) {
    // Nobody holds it: should this fail as well, it is cleared away like any other that is not used.
    await desk.sessions.end(token).catch(() => {});
    throw error;
  }
  // Not before: a cookie goes out with a refusal, too.
  reply.setCookie(cookieName(secure), token, { path: '/', httpOnly: true, sameSite: 'strict', secure });
  return { state: 'signed-in', ...hereAt(desk.place, desk), name, role };
}

/** @param desk `null` before there is one */
function hereAt({ kind }: Place, desk: Pick<CommonDesk, 'site' | 'terminal'> | null) {
  const { site, terminal } = desk ?? { site: null, terminal: null };
  return { place: kind, site, terminal, version: packageVersion() };
}
