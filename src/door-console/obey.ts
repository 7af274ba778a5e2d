import type { CommandOutcome } from '../console/answers/terminals.ts';
import type { AuditBook } from '../console/audit.ts';
import type { Who } from '../console/sessions.ts';
import { isLimenError, LimenError, messageOf } from '../domain/errors.ts';
import type { Door } from '../door/door.ts';
import type { OwnTerminal } from './own-terminal.ts';

/** What a door can be told at its own console. */
export const verbs = ['unlock', 'lock', 'lockdown', 'release'] as const;

/** See {@link verbs}. */
export type Verb = (typeof verbs)[number];

/** What somebody wants the door to do. */
export interface Order {
  readonly verb: Verb;
  readonly reason?: string | undefined;
}

const cause = 'console';
const acts: Readonly<Record<Verb, (door: Door) => Promise<void>>> = {
  unlock: (door) => door.unlock({ cause, personId: null }),
  lock: (door) => door.lock(cause),
  lockdown: (door) => door.lockdown(cause),
  release: (door) => door.lift(cause),
};
/** What lets somebody in is not done unless it is written down; what cannot is done all the same, as for a hub's commands. */
const opens: ReadonlySet<Verb> = new Set(['unlock', 'release']);

/**
 * Write down what somebody wants, then do it.
 *
 * @throws LimenError `disk.full`, `journal.failed` where a door was to be opened: it stays as it is.
 */
export async function obey(
  { verb, reason }: Order,
  { terminal, audit, who }: { readonly terminal: OwnTerminal; readonly audit: AuditBook; readonly who: Who },
): Promise<CommandOutcome> {
  const { config, door, log, report } = terminal;
  const { terminal: name } = config();
  const answer = { terminal: name, outcome: 'done', code: null, message: null } as const;
  if (door === null) {
    const { code, message } = new LimenError('command.unknown', 'This terminal has no door.', {});
    return { ...answer, outcome: 'refused', code, message };
  }
  const written = audit.write({
    ...{ account: who.name, action: 'terminal.commanded', target: name },
    detail: { verb, ...(reason && { reason }) },
  });
  if (opens.has(verb)) await written;
  else
    await written.catch((error: unknown) =>
      log.error({ error }, `${verb} could not be written down: ${messageOf(error)}`),
    );
  try {
    await acts[verb](door);
    return answer;
  } catch (error) {
    const code = isLimenError(error) ? error.code : 'door.fault';
    const message = messageOf(error);
    // The door has written down itself what it refused in lockdown, and that there is a fire.
    if (code === 'door.lockdown' || code === 'door.fire') return { ...answer, outcome: 'refused', code, message };
    try {
      report({ kind: 'door.fault', body: { code, reason: message } });
    } catch (unwritten) {
      log.error({ error: unwritten }, messageOf(unwritten));
    }
    return { ...answer, outcome: 'failed', code, message };
  }
}
