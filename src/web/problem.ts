import { z } from 'zod';
import { type ErrorCode, isLimenError, messageOf } from '../domain/errors.ts';

/** What every refused request gets: what happened, in one sentence, a stable code, and the mend where there is one. */
export const problemSchema = z.object({
  code: z.string().meta({ description: "limen's own code, for example person.exists" }),
  message: z.string(),
  hint: z.string().optional(),
});

/** See {@link problemSchema}. */
export type Problem = z.infer<typeof problemSchema>;

/** What a code means to a browser; a code of a room that is not listed is the caller's mistake, 400. */
const statusOfCode: Partial<Record<ErrorCode, number>> = {
  internal: 500,
  'config.changed': 409,
  'config.unreadable': 409,
  'file.unwritable': 409,
  'image.gone': 409,
  'image.too-many': 409,
  'import.running': 409,
  'import.unknown': 404,
  'session.missing': 401,
  'session.refused': 401,
  'session.forbidden': 403,
  'session.header-missing': 403,
  'session.too-many': 429,
  'session.busy': 503,
  'command.unanswered': 409,
  'console.setup-needed': 409,
  'console.setup-done': 409,
  'console.code-wrong': 403,
  'account.exists': 409,
  'account.unknown': 404,
  'account.last-administrator': 409,
  'account.administrator-first': 409,
  'terminal.unknown': 404,
  'terminal.exists': 409,
  'hub.already-running': 503,
  'access.rules-changed': 409,
  'key.under-way': 409,
  'attendance.no-plan': 409,
  'person.unknown': 404,
  'person.exists': 409,
  'person.changed': 409,
  'person.look-alike': 409,
  'person.without-face': 409,
  'person.card-taken': 409,
  'image.too-large': 413,
  'message.too-large': 413,
  'broker.unreachable': 503,
  'broker.lost': 503,
  'store.lost': 503,
  'journal.failed': 503,
  'journal.corrupt': 503,
  'disk.full': 507,
};

/** After how many seconds to ask again, for what passes by itself. */
const retryAfterSOfCode: Partial<Record<ErrorCode, number>> = { 'session.busy': 5 };

/** A refusal as it goes out. */
export interface Refusal {
  readonly status: number;
  readonly problem: Problem;
  /** For the header Retry-After. */
  readonly retryAfterS?: number;
}

/**
 * What a thrown error becomes for a browser. Only limen's own errors are told; any other is a fault of the server, whose
 * words stay in its log.
 */
export function problemOf(error: unknown): Refusal {
  if (isLimenError(error)) {
    const { code, hint } = error;
    const retryAfterS = retryAfterSOfCode[code];
    return {
      status: statusOfCode[code] ?? 400,
      problem: { code, message: messageOf(error), ...(hint && { hint }) },
      ...(retryAfterS !== undefined && { retryAfterS }),
    };
  }
  const status = clientFault(error);
  if (status !== null) return { status, problem: { code: 'request.invalid', message: messageOf(error) } };
  return { status: 500, problem: { code: 'internal', message: 'The server made a mistake; its log says which.' } };
}

/** The status that Fastify gave a bad request: a body that does not parse, does not fit its schema, or is too long. */
function clientFault(error: unknown): number | null {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}
