import { join } from 'node:path';
import helmet from '@fastify/helmet';
import staticFiles from '@fastify/static';
import { type FastifyInstance, fastify, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { packageRoot } from '../runtime/package-root.ts';
import { closeAtOnce } from './close-at-once.ts';
import { problemOf } from './problem.ts';

/** A server whose routes are checked by zod schemas. */
export type WebServer = ReturnType<typeof typed>;

/** What {@link createWebServer} needs. */
export interface WebServerOptions {
  /** Which screen it serves at `/`: a folder of `dist/screens`. */
  readonly screen: 'kiosk' | 'console';
  readonly log: Logger;
  /** Certificate and key, PEM; without them it speaks HTTP, which is for the loopback address only. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** The most that a request may bring, apart from routes for uploads, which say their own limit. */
const bodyLimitBytes = 256 * 1024;

/** A request is here, whole, after this long: the largest picture (12 MB) over a line of 1 Mbit/s. */
const requestTimeoutMs = 120_000;

/**
 * A server that serves one screen and whatever routes are added to it. Nothing is loaded from elsewhere and no script is
 * inline (CSP); a request or an answer that does not fit its schema never passes; errors are told as
 * {@link problemOf} has them. Closing it waits for nobody who is connected.
 */
export async function createWebServer({ screen, log, tls }: WebServerOptions): Promise<WebServer> {
  const common = {
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
  };
  // An HTTPS server is a FastifyInstance all the same, which its types do not say.
  const server = typed((tls ? fastify({ ...common, https: tls }) : fastify(common)) as unknown as FastifyInstance);
  closeAtOnce(server);
  server.setErrorHandler((error, request, reply) => {
    const { status, problem, retryAfterS } = problemOf(error);
    if (retryAfterS !== undefined) void reply.header('retry-after', retryAfterS);
    // What passes by itself is no fault, and whoever floods the server must not fill its log.
    if (status >= 500 && retryAfterS === undefined)
      request.log.error({ err: error, url: request.url }, 'a request failed');
    return reply.status(status).send(problem);
  });
  server.setNotFoundHandler((request, reply) => {
    // A screen has pages of its own, whose addresses can be opened and reloaded.
    const isPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
    if (isPage && !request.url.startsWith('/api/')) return reply.sendFile('index.html');
    return reply.status(404).send({ code: 'request.unknown', message: 'There is nothing at this address.' });
  });
  await server.register(helmet, { contentSecurityPolicy: { useDefaults: false, directives: policy }, hsts: !!tls });
  const folder = join(packageRoot(), 'dist/screens');
  await server.register(staticFiles, {
    root: join(folder, screen),
    prefix: '/',
    cacheControl: false,
    etag: true,
    preCompressed: true,
  });
  return server;
}

/** Everything comes from this server; pictures may also be what the page itself made. */
const policy = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:', 'blob:'],
  mediaSrc: ["'self'", 'blob:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  manifestSrc: ["'self'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
};

function typed(server: FastifyInstance) {
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  return server.withTypeProvider<ZodTypeProvider>();
}
