import fc from 'fast-check';
import type { CommonDesk } from '../../../src/console/common-desk.ts';
import type { Route } from '../../../src/console/route.ts';
import type { WebServer } from '../../../src/web/server.ts';
import { fitting, nearly } from './arbitrary.ts';

const nothing = fc.constant(undefined);

/** Requests that a route takes, and requests that it nearly takes. */
function requests({ params, query, body, takesPicture }: Pick<Route, 'params' | 'query' | 'body' | 'takesPicture'>) {
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

/** Ask every route whatever it takes and nearly takes. @throws for the first answer that says that the server made a mistake. */
export async function nothingBreaks<D extends CommonDesk>({
  server,
  routes,
  headers,
}: {
  readonly server: WebServer;
  readonly routes: readonly Route<D>[];
  readonly headers: Readonly<Record<string, string>>;
}): Promise<void> {
  for (const route of routes.filter(({ method, path }) => !left.includes(`${method} ${path}`))) {
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
}
