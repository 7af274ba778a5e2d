import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ExecutionContext, TestFn } from 'ava';
import pg from 'pg';
import type { PostgresBooks } from '../../src/hub/postgres-books.ts';
import { needs, postgresFolder } from './require.ts';
import { freePort } from './sync.ts';

const run = promisify(execFile);
const user = 'limen';
const password = 'not/a:secret@all';

/** A real PostgreSQL server in a folder of its own. */
export class TestPostgres {
  readonly port: number;
  readonly folder: string;
  #server: ChildProcess | null = null;
  #databases = 0;

  constructor(port: number, folder: string) {
    this.port = port;
    this.folder = folder;
  }

  /** Make a server's files; {@link start} starts it. */
  static async create(): Promise<TestPostgres> {
    const folder = await mkdtemp(join(tmpdir(), 'limen-postgres-'));
    const secret = join(folder, 'password');
    await writeFile(secret, password);
    if (isRoot) {
      // PostgreSQL refuses to run as root.
      const { stdout } = await run('id', ['-u', 'postgres']);
      for (const path of [folder, secret]) await chown(path, Number(stdout), 0);
    }
    await chmod(folder, 0o755);
    const server = new TestPostgres(await freePort(), folder);
    const how = [`--pwfile=${secret}`, `--username=${user}`, '--auth=scram-sha-256', '--locale=C.UTF-8', '--no-sync'];
    const [program, ...args] = asItsUser('initdb', `--pgdata=${server.#data}`, ...how);
    await run(program as string, args);
    return server;
  }

  get #data(): string {
    return join(this.folder, 'data');
  }

  /** What is tested is the death of processes, which needs no fsync; it ends when the test's process does. */
  async start({ fsync = 'off' }: { fsync?: 'on' | 'off' } = {}): Promise<void> {
    const settings = { port: this.port, unix_socket_directories: this.folder, fsync, max_connections: 100 };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const [program, ...args] = asItsUser('postgres', '-D', this.#data, ...flags);
    this.#server = spawn(program as string, args, { stdio: 'ignore' });
    for (;;) {
      try {
        await this.query('postgres', 'select 1');
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  /** Speak TLS from now on, beside plain connections, with this certificate (PEM). */
  async useCertificate({ cert, key }: { cert: string; key: string }): Promise<void> {
    const { uid, gid } = await stat(this.#data);
    for (const [name, text] of Object.entries({ 'server.crt': cert, 'server.key': key })) {
      const file = join(this.#data, name);
      await writeFile(file, text, { mode: 0o600 });
      await chown(file, uid, gid);
    }
    await this.query('postgres', 'alter system set ssl = on');
    await this.query('postgres', 'select pg_reload_conf()');
    while ((await this.query('postgres', 'show ssl'))[0]?.ssl !== 'on')
      await new Promise((next) => setTimeout(next, 20));
  }

  /** SIGQUIT is PostgreSQL's power cut: every connection dies, and the next start recovers from the log. */
  async stop(signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT'): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await ended;
  }

  /** A new, empty database. */
  async database(): Promise<PostgresBooks> {
    const name = `books_${++this.#databases}`;
    await this.query('postgres', `create database ${name}`);
    return this.books(name);
  }

  books(name: string, as: { user?: string; password?: string } = {}): PostgresBooks {
    const url = `postgres://${as.user ?? user}@127.0.0.1:${this.port}/${name}?sslmode=disable`;
    return { driver: 'postgres', url, password: as.password ?? password };
  }

  /** One statement, around everything that is tested. */
  async query(database: string, statement: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ host: '127.0.0.1', port: this.port, user, password, database });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** One server for a whole test file. `null`, with the test passed or failed by `needs`, where there is no PostgreSQL. */
export function postgresFor(test: TestFn): (t: ExecutionContext) => Promise<TestPostgres | null> {
  let server: Promise<TestPostgres> | null = null;
  test.after.always(async () => (await server)?.remove());
  return async (t) => {
    if (!needs(t, 'postgresql')) return null;
    server ??= TestPostgres.create().then(async (made) => {
      await made.start();
      return made;
    });
    return server;
  };
}

const isRoot = process.getuid?.() === 0;

function asItsUser(program: string, ...args: string[]): string[] {
  const postgres = isRoot ? ['--reuid=postgres', '--regid=postgres', '--init-groups'] : [];
  return ['setpriv', ...postgres, '--pdeathsig=INT', join(postgresFolder() as string, program), ...args];
}
