import { probeCameras } from '../camera/probe.ts';
import { engineNames, openEngineByName } from '../compose.ts';
import { loadTerminalConfig } from '../config/load.ts';
import type { TerminalConfig } from '../config/schema.ts';
import { probeDoor } from '../door/probe.ts';
import { systemClock } from '../runtime/clock.ts';
import { packageVersion } from '../runtime/package-root.ts';
import { loadPack, resolvePackFolder } from '../vision/pack.ts';
import { examineTerminal } from './examine-terminal.ts';
import { checked, type Finding, fail, failureOf, ok, warn } from './finding.ts';

/** Look at this machine, and at what a terminal's config needs of it. Changes nothing and opens no door. */
export async function examine(configFile: string | undefined): Promise<Finding[]> {
  const { config: wanted, findings: aboutConfig } = read(configFile);
  return [
    software(),
    ...aboutConfig,
    ...(await engines(wanted)),
    ...(await checked('models', () => models(wanted))),
    ...(await checked('cameras', () => cameras(wanted))),
    ...(await checked('door', () => door(wanted))),
    clock(),
    ...(wanted === null ? [] : await examineTerminal(wanted)),
  ];
}

function read(file: string | undefined): { config: TerminalConfig | null; findings: Finding[] } {
  if (file === undefined) {
    return { config: null, findings: [ok('config', 'none given; with --config FILE the terminal is checked as well')] };
  }
  try {
    const config = loadTerminalConfig(file);
    const says = `${file}: terminal ${config.terminal} of site ${config.site}, mode ${config.mode}`;
    return { config, findings: [ok('config', says)] };
  } catch (error) {
    return { config: null, findings: [failureOf('config', error)] };
  }
}

function software(): Finding {
  return ok('limen', `${packageVersion()} on Node ${process.version}, ${process.platform} ${process.arch}`);
}

async function engines(config: TerminalConfig | null): Promise<Finding[]> {
  const inUse = config?.recognition.engine ?? engineNames[0];
  const found = engineNames.map((name) =>
    checked(
      'engine',
      async () => ok('engine', `${(await openEngineByName(name)).name}${name === inUse ? ', in use' : ' loads'}`),
      name === inUse ? 'fail' : 'warn',
    ),
  );
  return (await Promise.all(found)).flat();
}

async function models(config: TerminalConfig | null): Promise<Finding[]> {
  const pack = await loadPack(resolvePackFolder(config?.recognition.pack ?? 'faceapi'));
  const findings = [ok('models', `pack ${pack.name}: every file verified, embedder ${pack.embedder.id}`)];
  if (pack.calibration === null) {
    findings.push(
      fail('models', `pack ${pack.name} has no impostor figures`, 'Use a pack that has: no threshold can be derived.'),
    );
  }
  if (pack.liveness) return findings;
  const says = `pack ${pack.name} cannot tell a live face from a picture of one`;
  findings.push(
    config?.recognition.liveness === 'required'
      ? fail(
          'liveness',
          `${says}, and recognition.liveness is required: nobody is let in`,
          'Use another pack, or set recognition.liveness to off and accept that a photograph can pass.',
        )
      : warn('liveness', `${says}: a photograph can pass`, 'Keep a second barrier, or somebody who watches.'),
  );
  return findings;
}

async function cameras(config: TerminalConfig | null): Promise<Finding[]> {
  const { devices, tools } = await probeCameras();
  const needed = { v4l2: 'ffmpeg', 'node-webcam': 'fswebcam', replay: null }[config?.camera.driver ?? 'replay'];
  const findings = Object.entries(tools).map(([tool, { version, hint }]) => {
    if (version !== null) return ok('camera', version);
    const says = `${tool} is not installed`;
    return tool === needed ? fail('camera', says, hint) : warn('camera', says, hint);
  });
  if (devices.length === 0)
    findings.push(warn('camera', 'no camera is plugged in', 'Plug one in; limen finds it by itself.'));
  for (const { path, name, access, hint } of devices) {
    const says = `${path} ${name ?? ''}`.trim();
    findings.push(access === 'ok' ? ok('camera', says) : warn('camera', `${says}: ${access}`, hint));
  }
  return findings;
}

async function door(config: TerminalConfig | null): Promise<Finding[]> {
  const { chips, onoff, problems } = await probeDoor();
  const needed = config?.door?.driver === 'onoff';
  const findings = chips.map(({ label, base, lines }) => ok('gpio', `${label}: ${lines} lines from ${base}`));
  if (onoff.loads) findings.push(ok('gpio', 'the onoff driver loads'));
  for (const { sentence, mend } of problems) findings.push((needed ? fail : warn)('gpio', sentence, mend));
  return findings;
}

function clock(): Finding {
  return systemClock.quality() === 'synced'
    ? ok('clock', 'set by a time server')
    : warn(
        'clock',
        'not set by a time server since start',
        'Run systemd-timesyncd, or fit a battery-backed clock; events say "unsynced" until then.',
      );
}
