import test from 'ava';
import fc from 'fast-check';
import { allRoutes } from '../../src/console/all-routes.ts';
import type { Route } from '../../src/console/route.ts';
import { fitting, nearly } from './support/arbitrary.ts';
import { startConsole } from './support/console.ts';

const nothing = fc.constant(undefined);

/** Requests that a route takes, and requests that it nearly takes. */
function requests({ params, query, body, takesPicture }: Route) {
  const of = (schema: Route['body']) => (schema === undefined ? nothing : fc.oneof(fitting(schema), nearly(schema)));
  const bytes = fc.uint8Array({ maxLength: 200 }).map((those) => Buffer.from(those));
  return fc.record({ params: of(params), query: of(query), body: takesPicture ? bytes : of(body) });
}

function text(value: unknown): string {
  // Half a pair of UTF-16 cannot be in an address.
  return (typeof value === 'string' ? value : JSON.stringify(value ?? '')).replaceAll(/\p{Cs}/gu, '?');
}

/** For each route. */
const runs = 30;

/** A stream does not end by itself, and whoever signs out asks nothing more. */
const left = ['GET /api/live', 'DELETE /api/session', 'PUT /api/password'];

test('whatever is asked of any route, no answer says that the server made a mistake', async (t) => {
  const { server, desk } = await startConsole(t);
  const account = await desk.accounts.add({ name: 'root', role: 'administrator', password: 'another horse battery' });
  const headers = { cookie: `limen=${await desk.sessions.begin(account)}`, 'x-limen': '1' };
  for (const route of allRoutes.filter(({ method, path }) => !left.includes(`${method} ${path}`))) {
    const { method, path, takesPicture } = route;
    const answered = fc.asyncProperty(requests(route), async ({ params, query, body }) => {
      const given = (params ?? {}) as Record<string, unknown>;
      const url = path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(text(given[name])));
      const asked = Object.entries((query ?? {}) as object).map(([name, value]) => [name, text(value)]);
      const type = takesPicture ? 'image/jpeg' : 'application/json';
      const said = await server.inject({
        ...{ method, url, query: Object.fromEntries(asked) },
        headers: { ...headers, ...(body !== undefined && { 'content-type': type }) },
        ...(body !== undefined && { payload: takesPicture ? (body as Buffer) : JSON.stringify(body) }),
      });
      if (said.statusCode >= 500)
        throw new Error(`${method} ${url} ${JSON.stringify(body)}: ${said.statusCode} ${said.body}`);
    });
    await fc.assert(answered, { numRuns: runs });
  }
  t.pass();
});
