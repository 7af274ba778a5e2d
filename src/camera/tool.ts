import { execa } from 'execa';
import { LimenError } from '../domain/errors.ts';

/** Programs that drivers run; the Debian package has the same name. */
export type CameraTool = 'ffmpeg' | 'fswebcam';

const versionArgument: Record<CameraTool, string> = { ffmpeg: '-version', fswebcam: '--version' };

/** Messages of the system in English, because they are matched to find out what went wrong. */
export const englishMessages = { LC_ALL: 'C' };

/** The install command for a tool, as a mend. */
export function installHint(tool: CameraTool): string {
  return `sudo apt install ${tool}`;
}

/** A small machine that is just starting may take its time: reading ffmpeg and its libraries from a slow card has taken 53 s. */
const longestAnswerMs = 120_000;

/**
 * The first line a tool says about its version, or `null` when it is not installed, cannot be run, or `signal` aborts.
 *
 * @param options.command a path to use instead of looking the tool up in PATH
 */
export async function toolVersion(
  tool: CameraTool,
  { command = tool, signal }: { readonly command?: string; readonly signal?: AbortSignal } = {},
): Promise<string | null> {
  const result = await execa(command, [versionArgument[tool]], {
    reject: false,
    all: true,
    stdin: 'ignore',
    timeout: longestAnswerMs,
    forceKillAfterDelay: 1000,
    env: englishMessages,
    ...(signal && { cancelSignal: signal }),
  });
  // Not the exit code: `fswebcam --version` answers and exits with 255.
  const line = result.all?.split('\n')[0]?.trim() ?? '';
  return line.startsWith(`${tool} `) ? line : null;
}

/** A tool that a driver cannot do without. One that has answered is not asked again, since that alone may take long. */
export class RequiredTool {
  readonly #tool: CameraTool;
  readonly #command: string;
  #version: string | null = null;

  /** `command`: a path to use instead of looking the tool up in PATH. Nothing is run yet. */
  constructor(tool: CameraTool, command: string = tool) {
    this.#tool = tool;
    this.#command = command;
  }

  /**
   * As {@link toolVersion}; `null` only when `signal` aborts.
   *
   * @throws LimenError `camera.tool-missing`
   */
  async version(signal: AbortSignal): Promise<string | null> {
    this.#version ??= await toolVersion(this.#tool, { command: this.#command, signal });
    if (this.#version === null && !signal.aborted) throw this.missing();
    return this.#version;
  }

  /** The error for a tool that was found not to be there; it is asked again next time. */
  missing(): LimenError {
    this.#version = null;
    return new LimenError(
      'camera.tool-missing',
      `The camera needs ${this.#tool}, which is not installed or cannot be run.`,
      { hint: installHint(this.#tool) },
    );
  }
}
