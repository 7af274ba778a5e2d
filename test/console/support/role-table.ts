import type { ExecutionContext } from 'ava';
import type { CommonDesk } from '../../../src/console/common-desk.ts';
import { type Role, roles } from '../../../src/console/roles.ts';
import type { Route } from '../../../src/console/route.ts';
import type { WebServer } from '../../../src/web/server.ts';

/** A console whose routes are asked one by one. */
export interface AskedConsole<D extends CommonDesk> {
  readonly server: WebServer;
  readonly routes: readonly Route<D>[];
  /** What the browser of somebody with this role sends. */
  readonly as: Readonly<Record<Role, Readonly<Record<string, string>>>>;
}

/** An address of a route, with names that are nobody's in it. */
const addressOf = (path: string) => path.replaceAll(/:\w+/g, 'nobody');

/** The codes of a server that did not let somebody in. */
const refusals = ['session.missing', 'session.forbidden', 'session.header-missing'];

/** Every route refuses a role that may not, anybody who is not signed in, and a change from another page. */
export async function everybodyElseIsRefused<D extends CommonDesk>(
  t: ExecutionContext,
  { server, routes, as }: AskedConsole<D>,
): Promise<void> {
  for (const { method, path, may } of routes) {
    const ask = (headers: Record<string, string>) => server.inject({ method, url: addressOf(path), headers });
    const what = `${method} ${path}`;
    const anonymous = await ask({ 'x-limen': '1' });
    if (may === 'anybody') t.notRegex(anonymous.body, /session\.(missing|forbidden)"/, what);
    else {
      t.is(anonymous.statusCode, 401, what);
      t.is(anonymous.json().code, 'session.missing', what);
      const forged = await ask({ 'x-limen': '1', cookie: `limen=${'A'.repeat(43)}` });
      t.is(forged.statusCode, 401, `${what}, a session that never was`);
    }
    if (method !== 'GET') {
      const foreign = await ask({ cookie: as.administrator.cookie! });
      t.is(foreign.statusCode, 403, `${what} without its header`);
      t.is(foreign.json().code, 'session.header-missing', what);
    }
    if (may === 'anybody') continue;
    for (const role of roles.filter((one) => !may.includes(one))) {
      const refused = await ask(as[role]);
      t.is(refused.statusCode, 403, `${what} as ${role}`);
      t.is(refused.json().code, 'session.forbidden', `${what} as ${role}`);
    }
  }
}

/** Every route lets in whoever may. @param signedIn a session of its own for each, because one of the routes ends it */
export async function whoeverMayIsLetIn<D extends CommonDesk>(
  t: ExecutionContext,
  { server, routes }: Pick<AskedConsole<D>, 'server' | 'routes'>,
  signedIn: (role: Role) => Promise<Readonly<Record<string, string>>>,
): Promise<void> {
  for (const { method, path, may, answer } of routes) {
    // A stream does not end by itself; the console in a browser shows that it lets people in.
    if (may === 'anybody' || answer === null) continue;
    for (const role of may) {
      const headers = await signedIn(role);
      const { statusCode, body } = await server.inject({ method, url: addressOf(path), headers });
      t.false(
        refusals.some((code) => body.includes(code)),
        `${method} ${path} as ${role}: ${statusCode} ${body}`,
      );
      t.true(statusCode < 500, `${method} ${path} as ${role}: ${statusCode} ${body}`);
    }
  }
}
