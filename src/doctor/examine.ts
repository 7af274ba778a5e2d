import { engineNames } from '../compose.ts';
import type { RecognitionConfig } from '../config/recognition-schema.ts';
import type { TerminalConfig } from '../config/schema.ts';
import { packageVersion } from '../runtime/package-root.ts';
import { loadPack } from '../vision/pack.ts';
import { examineClock } from './examine-clock.ts';
import { examineDevices } from './examine-devices.ts';
import { assertRuns, examineEngines } from './examine-engines.ts';
import { examineHub } from './examine-hub.ts';
import { examineTerminal } from './examine-terminal.ts';
import { checked, type Finding, fail, ok, warn } from './finding.ts';
import { wantedBy } from './wanted.ts';

/** Look at this machine, and at what a terminal or a hub needs of it. Changes nothing and opens no door. */
export async function examine(configFile: string | undefined): Promise<Finding[]> {
  const { terminal, hub, finding } = wantedBy(configFile);
  const recognition = terminal?.recognition ?? hub?.recognition ?? null;
  const engine = recognition?.engine ?? engineNames[0];
  return [
    software(),
    finding,
    ...(await examineEngines(engine)),
    ...(await checked('models', () =>
      models({ packs: recognition?.pack ?? [], engine, terminal, forHub: hub !== null }),
    )),
    ...(hub === null ? await examineDevices(terminal) : []),
    await examineClock(terminal),
    ...(terminal === null ? [] : await examineTerminal(terminal)),
    ...(hub === null ? [] : await examineHub(hub)),
  ];
}

function software(): Finding {
  return ok('limen', `${packageVersion()} on Node ${process.version}, ${process.platform} ${process.arch}`);
}

interface InUse extends Pick<RecognitionConfig, 'engine'> {
  readonly packs: RecognitionConfig['pack'];
  readonly terminal: TerminalConfig | null;
  /** A hub enrols from pictures that somebody chose, and judges nobody alive. */
  readonly forHub: boolean;
}

async function models({ packs, engine, terminal, forHub }: InUse): Promise<Finding[]> {
  const pack = await loadPack(packs);
  await assertRuns(pack, engine);
  const findings = [ok('models', `pack ${pack.name}: every file verified, embedder ${pack.embedder.id}`)];
  if (pack.calibration === null) {
    findings.push(
      fail('models', `pack ${pack.name} has no impostor figures`, 'Use a pack that has: no threshold can be derived.'),
    );
  }
  if (forHub) return findings;
  if (pack.liveness && terminal?.recognition.liveness !== 'off') return findings;
  findings.push(livenessFinding(terminal));
  return findings;
}

function livenessFinding(terminal: TerminalConfig | null): Finding {
  if (terminal?.recognition.liveness === 'off') {
    return warn(
      'liveness',
      'off: a photograph of an enrolled person can pass',
      'Set recognition.liveness to required.',
    );
  }
  return warn(
    'liveness',
    'judged by the surroundings of a face only: who stands before a blank wall is not let in, and a screen on a stand can pass',
    'Fetch networks for it: `limen models add minifasnet`, and name it in recognition.pack. See docs/liveness.md.',
  );
}
