import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { messageOf } from '../domain/errors.ts';
import { idPattern } from '../domain/person.ts';
import type { Logger } from '../runtime/logger.ts';
import { EventStream } from '../web/event-stream.ts';
import { createWebServer, type WebServer } from '../web/server.ts';
import { localOnly } from './local-only.ts';
import type { ScreenMessage, ScreenSetup } from './message.ts';
import type { PictureFeed } from './picture-feed.ts';
import type { Typed } from './pin-pad.ts';

/** What the screen's server hands out, and whom it tells of what people do. */
export interface ScreenServerParts {
  readonly setup: ScreenSetup;
  /** The state as it is now, for somebody who has just come. */
  readonly greeting: () => readonly ScreenMessage[];
  /** `null` where the live picture is switched off. */
  readonly feed: PictureFeed | null;
  /** Somebody typed a PIN. */
  readonly enter: (typed: Typed) => Promise<void>;
  /** Somebody pressed a key of the time clock. @throws LimenError for one that it does not have. */
  readonly press: (key: string) => void;
  readonly log: Logger;
}

/** A screen that is served. */
export interface ScreenServer {
  readonly app: WebServer;
  tell(message: ScreenMessage): void;
  close(): Promise<void>;
}

/** A viewer waits this long for a picture, and then asks anew. */
const pictureWaitMs = 5000;

const typedSchema = z.strictObject({
  personId: z.string().regex(idPattern).optional(),
  digits: z.string().regex(/^\d{4,12}$/),
});

/** The screen with its routes; nobody is listened to yet. */
export async function createScreenServer(parts: ScreenServerParts): Promise<ScreenServer> {
  const { setup, greeting, feed, enter, press, log } = parts;
  const app = await createWebServer({ screen: 'kiosk', log });
  const live = new EventStream<ScreenMessage>({ greeting });
  app.addHook('onRequest', localOnly);
  app.get('/api/setup', () => setup);
  app.get('/api/live', (_request, reply) => live.join(reply));
  app.get(
    '/api/picture',
    { schema: { querystring: z.strictObject({ after: z.coerce.number().int().min(0).default(0) }) } },
    async (request, reply) => {
      const leaving = new AbortController();
      reply.raw.once('close', () => leaving.abort());
      const waiting = setTimeout(() => leaving.abort(), pictureWaitMs);
      const picture = await feed?.next(request.query.after, leaving.signal);
      clearTimeout(waiting);
      void reply.header('cache-control', 'no-store');
      if (!picture) return reply.status(204).send();
      return reply.header('content-type', 'image/jpeg').header('x-frame', picture.id).send(picture.jpeg);
    },
  );
  app.post('/api/pin', { schema: { body: typedSchema } }, async ({ body }, reply) => {
    // The same answer to everything, and at once: what came of it is on the screen, if it is to be known at all.
    const isAllowed = setup.pinPad === 'always' || (setup.pinPad === 'asked' && body.personId === undefined);
    if (isAllowed) void enter(body).catch((error: unknown) => log.error({}, messageOf(error)));
    return reply.status(204).send();
  });
  app.post('/api/key', { schema: { body: z.strictObject({ name: z.string().max(64) }) } }, ({ body }, reply) => {
    press(body.name);
    return reply.status(204).send();
  });
  return {
    app,
    tell: (message) => live.tell(message),
    async close() {
      live.close();
      await app.close();
    },
  };
}

/** Another program may hold the port for a while; the door works without its screen. */
const listenRetryMs = 5000;

/** Listen, and try again for as long as that fails; said once. Resolves with the address, or `null` when `signal` aborts before. */
export async function listenForEver(
  { app }: Pick<ScreenServer, 'app'>,
  at: { readonly address: string; readonly port: number },
  { log, signal }: { readonly log: Logger; readonly signal: AbortSignal },
): Promise<string | null> {
  let told = false;
  while (!signal.aborted) {
    try {
      const url = await app.listen({ host: at.address, port: at.port });
      log.info(`the screen is at ${url}`);
      return url;
    } catch (error) {
      if (!told)
        log.error({}, `the screen cannot be shown: ${messageOf(error)}; tried again every ${listenRetryMs / 1000} s`);
      told = true;
      await delay(listenRetryMs, undefined, { signal }).catch(() => {});
    }
  }
  return null;
}
