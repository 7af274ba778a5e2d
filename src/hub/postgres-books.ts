import type { ClientConfig } from 'pg';
import pg from 'pg';

/** A PostgreSQL database. The address holds no password: addresses are printed. */
export interface PostgresBooks {
  readonly driver: 'postgres';
  /** `postgres://USER@HOST/DATABASE`; `?sslmode=verify-full` encrypts and checks the server, anything else does neither. */
  readonly url: string;
  readonly password?: string | undefined;
  /** The certificate authority of the server, PEM; left out, those that Node knows. */
  readonly ca?: string | undefined;
}

/**
 * Of the session. A machine that vanishes says no goodbye: the server finds out within half a minute, and lets go of
 * the locks it held. A transaction that nobody goes on with is ended for the same reason.
 */
const session = {
  tcp_keepalives_idle: 10,
  tcp_keepalives_interval: 5,
  tcp_keepalives_count: 3,
  idle_in_transaction_session_timeout: 60_000,
  statement_timeout: 120_000,
};

/** How a connection to these books is made, for the pool and for the connection that holds a lock. */
export function clientConfig({ url, password, ca }: PostgresBooks): ClientConfig {
  const address = new URL(url);
  const encrypted = address.searchParams.get('sslmode') === 'verify-full';
  // pg's own reading of sslmode changes with its versions; what it is not told it cannot read otherwise.
  address.searchParams.delete('sslmode');
  // Beside an address pg takes no password but the one in it; an address of a socket has no other place for it.
  if (password !== undefined) address.searchParams.set('password', password);
  return {
    connectionString: address.href,
    ssl: encrypted && { ...(ca !== undefined && { ca }) },
    options: Object.entries(session)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    application_name: 'limen-hub',
    connectionTimeoutMillis: 10_000,
    // For the case that the server's machine vanishes: longer than any statement may take there.
    query_timeout: session.statement_timeout + 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser: parserOf },
  };
}

/** `postgres://host:port/database`, for people: no user, no parameters. */
export function addressOf({ url }: PostgresBooks): string {
  const { host, pathname, searchParams } = new URL(url);
  return `postgres://${host || (searchParams.get('host') ?? 'localhost')}${pathname}`;
}

/** 64 bits come as text otherwise. None of ours is beyond 2^53: messages hold no such number. */
function parserOf(...which: Parameters<typeof pg.types.getTypeParser>): (text: string) => unknown {
  return which[0] === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(...which);
}
