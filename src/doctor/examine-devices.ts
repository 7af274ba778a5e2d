import { existsSync, readdirSync } from 'node:fs';
import { type CameraProbe, probeCameras } from '../camera/probe.ts';
import type { CameraConfig, TerminalConfig } from '../config/schema.ts';
import { examineGpio } from './examine-gpio.ts';
import { checked, type Finding, fail, ok, warn } from './finding.ts';

/** Look at cameras and GPIO; what the terminal needs and is not there fails, the rest warns. */
export async function examineDevices(terminal: TerminalConfig | null): Promise<Finding[]> {
  const camera = terminal?.camera ?? null;
  const cameras = await probeCameras();
  return [
    ...machineCameras(cameras, camera),
    ...(camera === null ? [] : await checked('camera', () => ownCamera(camera, cameras))),
    ...(await checked('gpio', () => examineGpio(terminal ?? {}))),
  ];
}

const toolOf = { v4l2: 'ffmpeg', 'node-webcam': 'fswebcam', replay: null } as const;

function machineCameras({ devices, tools }: CameraProbe, camera: CameraConfig | null): Finding[] {
  const findings = Object.entries(tools).map(([tool, { version, hint }]) => {
    if (version !== null) return ok('camera', version);
    const needed = camera !== null && tool === toolOf[camera.driver];
    return (needed ? fail : warn)('camera', `${tool} is not installed`, hint);
  });
  for (const { path, name, access, hint } of devices) {
    const says = `${path} ${name ?? ''}`.trim();
    findings.push(access === 'ok' ? ok('camera', says) : warn('camera', `${says}: ${access}`, hint));
  }
  if (devices.length === 0 && camera === null) {
    findings.push(warn('camera', 'no camera is plugged in', 'Plug one in; limen finds it by itself.'));
  }
  return findings;
}

function ownCamera(camera: CameraConfig, { devices }: CameraProbe): Finding[] {
  if (camera.driver === 'replay') return [pictures(camera.folder)];
  const { device } = camera;
  // fswebcam's own sources, TEST: and FILE:, are no devices.
  if (!device.startsWith('/dev/') || existsSync(device)) return [];
  const others = devices.filter(({ captures }) => captures !== false).map(({ path }) => path);
  const mend = others.length === 0 ? 'Plug it in.' : `Set camera.device to one of: ${others.join(', ')}.`;
  return [fail('camera', `the camera ${device} (camera.device) is not there`, mend)];
}

function pictures(folder: string): Finding {
  const count = existsSync(folder) ? readdirSync(folder).filter((name) => /\.jpe?g$/i.test(name)).length : 0;
  return count > 0
    ? ok('camera', `${count} pictures to play in ${folder}`)
    : fail('camera', `there is no picture to play in ${folder}`, 'Set camera.folder to a folder of JPEG files.');
}
