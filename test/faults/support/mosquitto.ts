import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A real Mosquitto that can be killed and started again on its port and its folder. */
export class Mosquitto {
  readonly port: number;
  readonly #folder: string;
  readonly #lines: readonly string[];
  #child: ChildProcess | null = null;

  /** @param options.lines of `mosquitto.conf`, besides listener and folder. */
  constructor(options: { port: number; folder: string; lines?: readonly string[] }) {
    this.port = options.port;
    this.#folder = options.folder;
    this.#lines = options.lines ?? ['allow_anonymous true'];
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  get isUp(): boolean {
    return this.#child !== null;
  }

  /** Resolves when it takes connections. */
  async start(): Promise<void> {
    const file = join(this.#folder, 'mosquitto.conf');
    const lines = [`listener ${this.port} 127.0.0.1`, `persistence_location ${this.#folder}/`, ...this.#lines];
    if (process.getuid?.() === 0) lines.push('user root');
    await writeFile(file, `${lines.join('\n')}\n`);
    this.#child = spawn('mosquitto', ['-c', file], { stdio: 'ignore' });
    while (!(await answers(this.port))) await delay(20);
  }

  async end(signal: 'SIGKILL' | 'SIGTERM' = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }
}

/** Whether something takes connections on a port. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}
