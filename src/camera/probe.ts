import { constants } from 'node:fs';
import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../domain/errors.ts';
import { type CameraTool, installHint, toolVersion } from './tool.ts';

/** One `/dev/video*` node. */
export interface VideoDevice {
  readonly path: string;
  /** The driver's name for it, as `HD Pro Webcam C920`; `null` when the kernel gives none. */
  readonly name: string | null;
  /**
   * Whether it delivers pictures, by udev's word; `null` where udev does not say. A webcam has a second node for
   * metadata, and a Raspberry Pi a dozen for its codecs, none of which is a camera.
   */
  readonly captures: boolean | null;
  readonly access: 'ok' | 'denied' | 'busy' | 'failed';
  /** What to do when it cannot be opened. */
  readonly hint: string | null;
}

/** Whether a program that a driver needs is there. */
export interface ToolFound {
  /** The first line the tool says about itself, or `null` when it is not installed. */
  readonly version: string | null;
  readonly hint: string | null;
}

/** What `limen doctor` says about cameras. */
export interface CameraProbe {
  readonly devices: readonly VideoDevice[];
  readonly tools: Readonly<Record<CameraTool, ToolFound>>;
}

/** How to be let in to a video device. Group membership is read at login and at the start of a service only. */
export const videoGroupHint =
  'Add the user that limen runs as to the group video (sudo usermod -aG video USER), then restart limen.';

/** Which cameras this machine has, whether they can be opened, and which tools are there. Never throws. */
export async function probeCameras(): Promise<CameraProbe> {
  const [devices, ffmpeg, fswebcam] = await Promise.all([videoDevices(), toolFound('ffmpeg'), toolFound('fswebcam')]);
  return { devices, tools: { ffmpeg, fswebcam } };
}

/**
 * The `/dev/video*` nodes in the order of their numbers. A node that is in use can still be opened (V4L2 allows many
 * openers and one streamer), so `busy` shows up only with drivers that refuse a second opener.
 *
 * @param root another root of the file system, for tests
 */
export async function videoDevices(root = '/'): Promise<VideoDevice[]> {
  const names = await readdir(join(root, 'dev')).catch(() => []);
  const numbers = names.flatMap((name) => /^video(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  return Promise.all(numbers.sort((a, b) => a - b).map((number) => describe(root, `video${number}`)));
}

/** For a hint: `/dev/video0 (HD Webcam), /dev/video2 (…)`, or `null` when there is no camera but the one that failed. */
export async function otherCamerasInWords(failed: string): Promise<string | null> {
  const cameras = (await videoDevices()).filter(({ path, captures }) => path !== failed && captures !== false);
  const words = cameras.map(({ path, name }) => (name === null ? path : `${path} (${name})`));
  return words.length > 0 ? words.join(', ') : null;
}

async function describe(root: string, node: string): Promise<VideoDevice> {
  const path = join(root, 'dev', node);
  const inSysfs = join(root, 'sys/class/video4linux', node);
  const [name, deviceNumber, { access, hint }] = await Promise.all([
    firstLine(join(inSysfs, 'name')),
    firstLine(join(inSysfs, 'dev')),
    tryToOpen(path),
  ]);
  return { path, name, captures: await captures(root, deviceNumber), access, hint };
}

async function captures(root: string, deviceNumber: string | null): Promise<boolean | null> {
  if (deviceNumber === null) return null;
  const record = await readFile(join(root, 'run/udev/data', `c${deviceNumber}`), 'utf8').catch(() => '');
  const capabilities = /^E:ID_V4L_CAPABILITIES=(.*)$/m.exec(record)?.[1];
  return capabilities === undefined ? null : capabilities.includes(':capture:');
}

async function tryToOpen(path: string): Promise<Pick<VideoDevice, 'access' | 'hint'>> {
  try {
    const handle = await open(path, constants.O_RDWR | constants.O_NONBLOCK);
    await handle.close();
    return { access: 'ok', hint: null };
  } catch (error) {
    switch (systemCodeOf(error)) {
      case 'EACCES':
      case 'EPERM':
        return { access: 'denied', hint: videoGroupHint };
      case 'EBUSY':
        return { access: 'busy', hint: `Another program holds it: sudo fuser -v ${path}` };
      default:
        return { access: 'failed', hint: 'Unplug the camera and plug it in again.' };
    }
  }
}

async function firstLine(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n')[0]?.trim() || null;
}

async function toolFound(tool: CameraTool): Promise<ToolFound> {
  const version = await toolVersion(tool);
  return { version, hint: version === null ? installHint(tool) : null };
}
