import type { FastifyRequest } from 'fastify';
import { LimenError } from '../domain/errors.ts';
import type { CommonDesk } from './common-desk.ts';
import type { House } from './house.ts';
import type { Allowed } from './roles.ts';
import type { Who } from './sessions.ts';

/** What the browser holds is called; with TLS no other page of the machine, and no plain connection, can set it. */
export function cookieName(isEncrypted: boolean): string {
  return isEncrypted ? '__Host-limen' : 'limen';
}

/** Nobody yet. */
export const nobody: Who = { name: '', role: 'auditor' };

/**
 * Who asks, if they may.
 *
 * @throws LimenError `session.header-missing` for a change that no page of this console asks for, `session.missing`,
 *   `session.forbidden`.
 */
export async function admitted(
  request: FastifyRequest,
  { house, may, cookie }: { readonly house: House<CommonDesk>; readonly may: Allowed; readonly cookie: string },
): Promise<Who> {
  if (request.method !== 'GET' && request.method !== 'HEAD' && request.headers['x-limen'] === undefined) {
    throw new LimenError('session.header-missing', 'A change needs the header x-limen.', {
      hint: 'It keeps forms of other sites out: send "x-limen: 1".',
    });
  }
  if (may === 'anybody') return nobody;
  const token = request.cookies[cookie];
  const who = token === undefined || !house.isOpen ? null : await house.desk.sessions.who(token, { isUse: true });
  if (who === null)
    throw new LimenError('session.missing', 'You are not signed in, or not any more.', { hint: 'Sign in again.' });
  if (may.includes(who.role)) return who;
  throw new LimenError('session.forbidden', `This is not for the role ${who.role}.`, {
    hint: `It needs ${may.join(' or ')}; an administrator can change a role.`,
  });
}

/** A name that leads to this machine only. */
const ownNames = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * Before there is a password, a page elsewhere must not reach the console through the browser by giving its own name
 * this machine's address (DNS rebinding).
 *
 * @throws LimenError `session.forbidden`.
 */
export function assertOwnName(request: FastifyRequest): void {
  if (ownNames.test(request.headers.host ?? '')) return;
  throw new LimenError('session.forbidden', 'The first account is made at this machine only.', {
    hint: `Open the console there, as ${request.protocol}://localhost:${request.socket.localPort}, or through an SSH tunnel.`,
  });
}
