import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A process of the site that is killed and started again; every line it says is kept. */
export class Killable {
  readonly lines: string[] = [];
  /** Ends that nobody asked for. */
  readonly crashes: string[] = [];
  readonly #module: URL;
  readonly #args: readonly string[];
  #child: ChildProcess | null = null;
  #bornAt = 0;
  #read: Promise<void> = Promise.resolve();

  constructor(module: URL, args: readonly string[]) {
    this.#module = module;
    this.#args = args;
  }

  get isUp(): boolean {
    return this.#child !== null;
  }

  /** It has said that it is ready, and more, since it was started last. */
  get works(): boolean {
    return this.lines.slice(this.#bornAt).length > 2;
  }

  start(): void {
    this.#bornAt = this.lines.length;
    const child = spawn(process.execPath, [this.#module.pathname, ...this.#args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => this.lines.push(line));
    this.#read = once(lines, 'close').then(() => {});
    let said = '';
    child.stderr.on('data', (data) => {
      said += data;
    });
    child.once('exit', (code, signal) => {
      if (signal !== 'SIGKILL')
        this.crashes.push(`${this.#args.join(' ')} ended with ${code ?? signal}: ${said.slice(0, 2000)}`);
      if (this.#child === child) this.#child = null;
    });
    this.#child = child;
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    await this.#read;
  }
}
