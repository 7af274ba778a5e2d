import { LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';
import { diskFull, isOutOfSpace } from '../runtime/out-of-space.ts';

/** Refused before any statement: name, password, database, rights. */
const refusing = /^(28|3D|42501)/;
/** The connection, the server's end, or no room for one more connection; and what Node says of sockets and names. */
const losing = /^(08|57P0[1-5]|53300|25P03|E[A-Z]+$)/;
const losingWords = /Connection terminated|Client has encountered a connection error|timeout|not queryable/i;

/** What PostgreSQL or the way to it said, in limen's words; what is neither of the connection nor of a login stays as it is. */
export function postgresFailure(error: unknown, address: string): unknown {
  const code = systemCodeOf(error) ?? '';
  const reason = messageOf(error) || code;
  if (refusing.test(code)) {
    return new LimenError('store.refused', `The database ${address} turns the hub away: ${reason}.`, {
      hint: 'Check user, passwordFile and database of the section "store", and what that user may do there.',
      cause: error,
    });
  }
  if (isOutOfSpace(error))
    return diskFull(`The database ${address}`, { until: 'A running hub tries again by itself.', cause: error });
  return losing.test(code) || losingWords.test(reason) ? storeLost(error, address) : error;
}

/** The database is out of reach, whatever the reason. */
export function storeLost(cause: unknown, address: string): LimenError {
  const reason = messageOf(cause) || systemCodeOf(cause);
  return new LimenError('store.lost', `The database ${address} cannot be reached: ${reason}.`, {
    hint: 'Check the server, the network and the section "store". A running hub tries again by itself; whether a change that was under way is in the books has to be looked up.',
    cause,
  });
}

/** Two transactions were in each other's way, and PostgreSQL undid this one: 40001 and 40P01. */
export function isCollision(error: unknown): boolean {
  return ['40001', '40P01'].includes(systemCodeOf(error) ?? '');
}
