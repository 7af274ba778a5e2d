import { type ErrorCode, LimenError } from '../domain/errors.ts';
import { otherCamerasInWords, videoGroupHint } from './probe.ts';

/** What a tool said before it gave up on a device. */
export interface DeviceFailure {
  readonly device: string;
  readonly tool: string;
  /** The end of its error output, in English. */
  readonly said: string;
  /** How it ended, when something else ended it: `ended by SIGKILL`. */
  readonly ended?: string;
  readonly cause?: unknown;
}

interface Diagnosis {
  readonly says: RegExp;
  readonly code: ErrorCode;
  readonly sentence: (device: string) => string;
  readonly hint: (device: string) => string | Promise<string>;
}

/** In this order: a tool that may not open a device, or finds it busy, often adds that it found no format either. */
const diagnoses: readonly Diagnosis[] = [
  {
    // EPERM instead of EACCES is how the device policy of a systemd unit refuses.
    says: /permission denied|operation not permitted/i,
    code: 'camera.denied',
    sentence: (device) => `limen may not open the camera ${device}.`,
    hint: () => videoGroupHint,
  },
  {
    says: /resource busy/i,
    code: 'camera.busy',
    sentence: (device) => `Another program uses the camera ${device}.`,
    hint: (device) => `Find it with "sudo fuser -v ${device}" and stop it.`,
  },
  {
    says: /no such (file or directory|device)|no webcam found/i,
    code: 'camera.missing',
    sentence: (device) => `There is no camera at ${device}.`,
    hint: otherDevices,
  },
  {
    says: /inappropriate ioctl|not a v4l2? device|not a video capture device/i,
    code: 'camera.missing',
    sentence: (device) => `${device} is not a camera.`,
    hint: otherDevices,
  },
  {
    // ENOSPC from VIDIOC_STREAMON: the USB bus has no room for the isochronous stream that was asked for.
    says: /no space left on device/i,
    code: 'camera.failed',
    sentence: (device) => `The USB bus has too little bandwidth for the camera ${device}.`,
    hint: () => 'Set camera.inputFormat to mjpeg, choose a smaller picture, or use another USB port.',
  },
  {
    says: /timed out waiting for frame/i,
    code: 'camera.stalled',
    sentence: (device) => `The camera ${device} is open and delivers no picture.`,
    hint: () => 'Unplug the camera and plug it in again; a weak power supply does this, too.',
  },
  {
    says: /proper format|invalid argument|does not support|no such format|compatible palette/i,
    code: 'camera.failed',
    sentence: (device) => `The camera ${device} does not deliver the asked size, rate or format.`,
    hint: (device) => `"ffmpeg -f v4l2 -list_formats all -i ${device}" lists what it can do.`,
  },
];

/** The error for what a tool said about a device: `camera.missing`, `busy`, `denied`, `stalled` or `failed`. */
export async function deviceFailure({ device, tool, said, ended, cause }: DeviceFailure): Promise<LimenError> {
  const found = diagnoses.find(({ says }) => says.test(said));
  if (found) return new LimenError(found.code, found.sentence(device), { hint: await found.hint(device), cause });
  const lastWords = said.trim().split('\n').at(-1);
  const words = ended ?? (lastWords ? `saying "${lastWords}"` : 'without saying why');
  return new LimenError('camera.failed', `${tool} stopped reading the camera ${device}, ${words}.`, {
    hint: 'Unplug the camera and plug it in again; "limen doctor" tries it on its own.',
    cause,
  });
}

async function otherDevices(device: string): Promise<string> {
  const others = await otherCamerasInWords(device);
  return others === null
    ? 'Plug the camera in; this machine has no other camera now.'
    : `Plug the camera in, or set camera.device to one of ${others}.`;
}
