import type { FastifyReply, FastifyRequest } from 'fastify';

const localHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

/**
 * Answers the screen and nobody else. Loopback alone does not keep out a page of another site in a browser on this device:
 * its name may be made to point here (then the Host header is that name), and it may send forms (then our header is missing).
 */
export async function localOnly(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { host = '', 'x-limen': mark, 'sec-fetch-site': site } = request.headers;
  const changes = request.method !== 'GET' && request.method !== 'HEAD';
  const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none';
  if (localHost.test(host) && !isForeign && !(changes && mark === undefined)) return;
  return reply
    .status(403)
    .send({ code: 'request.foreign', message: 'The screen of a terminal answers on the device only.' });
}
