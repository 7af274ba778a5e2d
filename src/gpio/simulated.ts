import {
  closeSync,
  constants,
  type FSWatcher,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  watch,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { LimenError, messageOf } from '../domain/errors.ts';
import {
  type Gpio,
  type InputLine,
  type InputListener,
  type InputSpec,
  isActive,
  type Level,
  type LineSpec,
  levelOf,
  lineName,
  type OutputLine,
  type OutputSpec,
} from './gpio.ts';

/** Where the simulated pins are. */
export interface SimulatedGpioOptions {
  /** Each line is a file of one character in it, `{chipLabel}-{line}`: `0` is low, `1` is high. */
  readonly folder: string;
  /** Lines with a file of their own, by `{chipLabel}-{line}`. */
  readonly files?: Readonly<Record<string, string>>;
}

/**
 * Pins made of one byte in a file. Like a real relay, and unlike a variable, a level stays as it was when the process
 * that drove it is gone (a GPIO output on a Raspberry Pi does too: raspberrypi/linux #6117), so a test or a demo that
 * kills limen sees what a real door would do. A button is pressed with `echo 1 > FILE`.
 */
export async function openGpio(options: object): Promise<Gpio> {
  return new SimulatedGpio(options as SimulatedGpioOptions);
}

class SimulatedGpio implements Gpio {
  readonly #options: SimulatedGpioOptions;
  readonly #open = new Map<string, () => void>();

  constructor(options: SimulatedGpioOptions) {
    this.#options = options;
  }

  locate({ chipLabel, line }: Pick<LineSpec, 'chipLabel' | 'line'>) {
    const key = `${chipLabel}-${line}`;
    return { kind: 'file', path: this.#options.files?.[key] ?? join(this.#options.folder, key) } as const;
  }

  async openOutput(spec: OutputSpec): Promise<OutputLine> {
    const { name, file, close } = this.#take(spec);
    file.write(levelOf(spec.initial, spec));
    return {
      name,
      write: (active) => file.write(levelOf(active, spec)),
      read: () => isActive(file.read(), spec),
      close,
    };
  }

  async openInput(spec: InputSpec, listener: InputListener): Promise<InputLine> {
    const { name, file, close } = this.#take(spec);
    let told = file.read();
    let watcher: FSWatcher | null = watchFile(file.path, (error) => {
      try {
        if (error !== null) throw error;
        if (!file.isThere()) throw fault(file.path, 'it was removed');
        const level = file.read();
        if (level === told) return;
        told = level;
        listener.onEdge({ active: isActive(level, spec), atMs: Number(process.hrtime.bigint()) / 1e6 });
      } catch (cause) {
        stop();
        listener.onError(cause instanceof LimenError ? cause : fault(file.path, messageOf(cause), cause));
      }
    });
    const stop = () => {
      watcher?.close();
      watcher = null;
    };
    const closeAll = () => {
      stop();
      close();
    };
    this.#open.set(file.path, closeAll);
    return { name, read: () => isActive(file.read(), spec), close: closeAll };
  }

  close(): void {
    for (const close of [...this.#open.values()]) close();
  }

  #take(spec: InputSpec) {
    const { path } = this.locate(spec);
    const name = lineName('simulated', spec, ` (${path})`);
    if (this.#open.has(path)) {
      throw new LimenError('door.line-busy', `The line ${name} is held by limen itself.`, {
        hint: 'Give each input and output a line of its own.',
      });
    }
    const file = levelFile(path, spec.bias === 'pull-up' ? 1 : 0);
    const close = () => {
      if (this.#open.delete(path)) file.close();
    };
    this.#open.set(path, close);
    return { name, file, close };
  }
}

/** A level in a file, which stays open: what a shell removes and writes anew would be another file. */
function levelFile(path: string, unconnected: Level) {
  const fd = guarded(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, constants.O_RDWR | constants.O_CREAT, 0o644);
  });
  const byte = Buffer.alloc(1);
  let seen = unconnected;
  let isOpen = true;
  const open = <T>(work: () => T): T => {
    if (!isOpen) throw fault(path, 'it is closed');
    return guarded(path, work);
  };
  const file = {
    path,
    // In place: whoever looks never finds an empty file.
    write: (level: Level) => open(() => void writeSync(fd, String(level), 0)),
    read: (): Level =>
      open(() => {
        // Empty for a moment while a shell's ">" writes: it is still what it was.
        if (readSync(fd, byte, 0, 1, 0) === 1) seen = byte.toString('latin1') === '1' ? 1 : 0;
        return seen;
      }),
    /** The very file: what lies there now may be another one. */
    isThere: () => open(() => statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(fd).ino),
    close: () => {
      isOpen = false;
      closeSync(fd);
    },
  };
  if (guarded(path, () => readSync(fd, byte, 0, 1, 0)) === 0) file.write(unconnected);
  return file;
}

function watchFile(path: string, onChange: (error: Error | null) => void): FSWatcher {
  return guarded(path, () =>
    watch(dirname(path), (_, changed) => {
      if (changed === basename(path)) onChange(null);
    }).on('error', onChange),
  );
}

function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw fault(path, messageOf(cause), cause);
  }
}

function fault(path: string, reason: string, cause?: unknown): LimenError {
  return new LimenError('door.fault', `The simulated line ${path} failed: ${reason}`, {
    hint: 'Make the file and its folder writable for the user limen runs as.',
    cause,
  });
}
