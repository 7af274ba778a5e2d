import cookies from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { LimenError } from '../domain/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import { packageVersion } from '../runtime/package-root.ts';
import { problemSchema } from '../web/problem.ts';
import { createWebServer, type WebServer } from '../web/server.ts';
import type { Deed } from './audit.ts';
import type { CommonDesk } from './common-desk.ts';
import { admitted, cookieName } from './gate.ts';
import type { House } from './house.ts';
import type { Place } from './place.ts';
import type { Call, Route } from './route.ts';
import { endWithSession } from './session-watch.ts';
import type { Who } from './sessions.ts';

declare module 'fastify' {
  interface FastifyRequest {
    who: Who;
  }
}

/** What a console's server needs. */
export interface ConsoleServerOptions<D extends CommonDesk> {
  readonly house: House<D>;
  readonly routes: readonly Route<D>[];
  readonly log: Logger;
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** The server with these routes; it does not listen yet. */
export async function createConsoleServer<D extends CommonDesk>({
  house,
  routes,
  log,
  tls,
}: ConsoleServerOptions<D>): Promise<WebServer> {
  const server = await createWebServer({ screen: 'console', log, ...(tls && { tls }) });
  await server.register(cookies);
  await server.register(rateLimit, { global: false, errorResponseBuilder: tooMany });
  await server.register(swagger, { openapi: { openapi: '3.1.0', info: about(house.place) }, transform: described });
  const pictures = ['image/jpeg', 'image/png', 'image/webp', 'application/octet-stream'];
  server.addContentTypeParser(pictures, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  const cookie = cookieName(tls !== undefined);
  for (const route of routes) addRoute(server, { route, house, cookie });
  server.get('/api/openapi.json', { schema: { hide: true } }, async () => server.swagger());
  return server;
}

/** A route as it is described: a picture is what its own parser makes of the body, which no schema of the route tells. */
const described: typeof jsonSchemaTransform = (told) => {
  const { schema, url } = jsonSchemaTransform(told);
  if (schema.consumes === undefined) return { schema, url };
  return { schema: { ...schema, body: { type: 'string', format: 'binary' } }, url };
};

const about = ({ kind }: Place) => ({
  title: kind === 'hub' ? 'limen console' : 'limen console of a terminal',
  version: packageVersion(),
  description:
    `What the console of a ${kind} asks its server. Sign in with POST /api/session; the cookie it sets is good for half an ` +
    'hour without a request. Whatever is not GET needs the header "x-limen: 1".',
});

function addRoute<D extends CommonDesk>(
  server: WebServer,
  { route, house, cookie }: { readonly route: Route<D>; readonly house: House<D>; readonly cookie: string },
): void {
  const { method, path, may, says, params, query, body, answer, takesPicture, bodyLimitBytes, mostPerMinute } = route;
  const response = { ...(answer && { 200: answer }), '4xx': problemSchema, '5xx': problemSchema };
  server.route({
    ...{ method, url: path },
    ...(bodyLimitBytes !== undefined && { bodyLimit: bodyLimitBytes }),
    schema: {
      ...{ summary: says, description: mayText(may), tags: [path.split('/')[2] ?? ''], response },
      ...(params && { params }),
      ...(query && { querystring: query }),
      ...(body && { body }),
      ...(takesPicture && { consumes: ['image/jpeg', 'image/png', 'image/webp'] }),
    },
    config: mostPerMinute === undefined ? {} : { rateLimit: { max: mostPerMinute, timeWindow: 60_000 } },
    onRequest: async (request: FastifyRequest) => {
      request.who = await admitted(request, { house, may, cookie });
    },
    handler: async (request: FastifyRequest, reply: FastifyReply) => {
      const { params, query, body, who } = request;
      const call: Call = { params, query, body, who, request, reply };
      if (answer === null && may !== 'anybody') endWithSession(call, { house, cookie });
      const run = () => route.run(call, house);
      const given = await (route.audit === null ? run() : house.desk.audit.around(...audited(route.audit, call, run)));
      return answer === null ? reply : given;
    },
  });
}

/** What the book of changes takes to keep a deed from before it is done. */
function audited<T>(
  { action, target, detail, outcome }: NonNullable<Route['audit']>,
  call: Call,
  run: () => Promise<T>,
) {
  const said = detail?.(call);
  const deed: Deed = {
    ...{ account: call.who.name, action, target: target?.(call) ?? null },
    ...(said && { detail: said }),
  };
  const done = (given: T): Deed => (outcome === undefined ? deed : { ...deed, detail: { ...said, ...outcome(given) } });
  return [deed, run, done] as const;
}

function mayText(may: Route['may']): string {
  return may === 'anybody' ? 'Open to everybody.' : `For: ${may.join(', ')}.`;
}

function tooMany(_request: FastifyRequest, { after }: { after: string }): LimenError {
  return new LimenError('session.too-many', 'Too many attempts from your address.', { hint: `Wait ${after}.` });
}
