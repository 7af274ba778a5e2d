import type { CommonDesk } from './common-desk.ts';
import type { House } from './house.ts';
import type { Call } from './route.ts';

/** Somebody whose session has ended hears nothing any more, this soon. */
const lookEveryMs = 10_000;

/** End a stream when the session of whoever listens does; listening is no use of it. */
export function endWithSession(
  { request, reply }: Call,
  { house, cookie }: { readonly house: House<CommonDesk>; readonly cookie: string },
): void {
  const token = request.cookies[cookie] ?? '';
  const look = async () => {
    const who = await house.desk.sessions.who(token);
    if (who === null) reply.raw.destroy();
  };
  const looking = setInterval(() => void look().catch(() => reply.raw.destroy()), lookEveryMs).unref();
  reply.raw.on('close', () => clearInterval(looking));
}
