import type { FastifyReply } from 'fastify';

/** Say that what follows is to be saved. @param how.type with its charset, where it is text */
export function asFile(reply: FastifyReply, how: { readonly name: string; readonly type: string }): FastifyReply {
  return reply.type(how.type).header('content-disposition', `attachment; filename="${how.name}"`);
}
