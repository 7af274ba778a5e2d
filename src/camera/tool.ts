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

/**
 * The first line a tool says about its version, or `null` when it is not installed or cannot be run.
 *
 * @param command a path to use instead of looking the tool up in PATH
 */
export async function toolVersion(tool: CameraTool, command: string = tool): Promise<string | null> {
  const result = await execa(command, [versionArgument[tool]], {
    reject: false,
    all: true,
    stdin: 'ignore',
    // A small machine that is just starting may take its time.
    timeout: 30_000,
    forceKillAfterDelay: 1000,
    env: englishMessages,
  });
  // Not the exit code: `fswebcam --version` answers and exits with 255.
  const line = result.all?.split('\n')[0]?.trim() ?? '';
  return line.startsWith(`${tool} `) ? line : null;
}

/**
 * As {@link toolVersion}, for a driver that cannot do without.
 *
 * @throws LimenError `camera.tool-missing`
 */
export async function requireTool(tool: CameraTool, command: string = tool): Promise<string> {
  const version = await toolVersion(tool, command);
  if (version !== null) return version;
  throw new LimenError('camera.tool-missing', `The camera needs ${tool}, which is not installed or cannot be run.`, {
    hint: installHint(tool),
  });
}
