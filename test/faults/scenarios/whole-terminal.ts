import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { certificateFiles, createCertificates } from '../../../src/hub/certificate-folder.ts';
import { issueCertificate } from '../../../src/hub/certificates.ts';
import { provisionFile } from '../../../src/hub-provisioner.ts';
import { limen } from '../../support/command-line.ts';
import { temporaryFolders } from '../../support/folders.ts';
import { needs } from '../../support/require.ts';
import { freePort } from '../../support/sync.ts';
import { TestSite } from '../../support/terminal.ts';
import { until } from '../../support/wait.ts';
import { LameDisk } from '../support/lame-disk.ts';
import { Mosquitto } from '../support/mosquitto.ts';

const folders = temporaryFolders(test);

/** A site whose terminal lets p01 in, again and again, and whose data folder is a disk of its own. */
async function siteOnDisk(t: ExecutionContext) {
  const site = new TestSite(folders());
  t.teardown(() => site.close());
  mkdirSync(site.dataFolder, { mode: 0o700 });
  const disk = LameDisk.mount(t, site.dataFolder, 12);
  if (disk === null) return null;
  await site.startHub();
  await site.enrol('p01');
  return { site, disk };
}

const log = (terminal: ReturnType<TestSite['startTerminal']>) => {
  const lines: string[] = [];
  terminal.stderr?.on('data', (text: Buffer) => lines.push(...text.toString().split('\n')));
  return (code: string) => lines.filter((line) => line.includes(`"${code}"`)).length;
};
/** Short pulses, so that the line is at rest between two grants. */
const shortPulse = { door: { driver: 'simulated', pulseMs: 300, longestPulseMs: 300 } };

test('a full disk: nobody is let in, the log says why, and with room again all goes on', async (t) => {
  const made = await siteOnDisk(t);
  if (made === null) return;
  const { site, disk } = made;
  const terminal = site.startTerminal(shortPulse);
  const said = log(terminal);
  await site.event('verdict.granted');
  disk.fill();
  await until(() => said('disk.full') > 0);
  const granted = site.events('verdict.granted').length;
  const opened = site.events('door.unlocked').length;
  await until(() => site.level() === '0');
  // Five looks and more, and the line stays at rest.
  for (let i = 0; i < 40; i++) {
    t.is(site.level(), '0');
    await delay(100);
  }
  t.is(site.events('verdict.granted').length, granted);
  t.is(terminal.exitCode, null);
  disk.empty();
  await until(() => site.events('verdict.granted').length > granted && site.events('door.unlocked').length > opened);
  const hub = site.hub!.hub;
  const collected = async () => (await hub.events({ terminal: 'front-door', limit: 10_000 })).map(({ seq }) => seq);
  const written = site.events().at(-1)!.seq;
  await until(async () => (await collected()).length >= written);
  terminal.kill('SIGTERM');
  t.is((await terminal).exitCode, 0);
  const seqs = await collected();
  t.deepEqual(
    seqs,
    Array.from(seqs, (_, i) => i + 1),
  );
});

test('a disk that becomes read-only: nobody is let in, the log says why, and after the repair nothing is lost', async (t) => {
  const made = await siteOnDisk(t);
  if (made === null) return;
  const { site, disk } = made;
  const terminal = site.startTerminal(shortPulse);
  const said = log(terminal);
  await site.event('verdict.granted');
  if (!disk.becomeReadOnly()) {
    t.log('skipped: this kernel has no remount,abort');
    return t.pass();
  }
  await until(() => terminal.exitCode !== null || said('journal.failed') + said('disk.full') > 0);
  t.is(terminal.exitCode, null);
  terminal.kill('SIGKILL');
  await terminal;
  // Started on it, the terminal says what is wrong and leaves; systemd tries again.
  const refused = await site.startTerminal(shortPulse);
  t.true([73, 74].includes(refused.exitCode ?? 0), `${refused.exitCode}: ${refused.stderr}`);
  await disk.repair();
  const before = site.events().length;
  t.true(before > 0);
  const again = site.startTerminal(shortPulse);
  await until(() => again.exitCode !== null || site.events('verdict.granted').at(-1)!.seq > before);
  again.kill('SIGTERM');
  t.is((await again).exitCode, 0);
  const seqs = site.events().map(({ seq }) => seq);
  t.deepEqual(
    seqs,
    Array.from(seqs, (_, i) => i + seqs[0]!),
  );
});

test('a client certificate that has expired: an event that says so, and a new file mends it without a restart', async (t) => {
  if (!needs(t, 'mosquitto')) return;
  const folder = folders();
  const [port, tls] = [await freePort(), await freePort()];
  await createCertificates(folder, { site: 'test', hosts: ['127.0.0.1'], now: new Date() });
  const files = certificateFiles(folder);
  const lines = [
    'allow_anonymous true',
    `listener ${tls} 127.0.0.1`,
    `cafile ${files.ca}`,
    `certfile ${files.broker}`,
    `keyfile ${files.brokerKey}`,
    'require_certificate true',
  ];
  const broker = new Mosquitto({ port, folder: folders(), lines });
  t.teardown(() => broker.end());
  await broker.start();
  const site = new TestSite(folders());
  t.teardown(() => site.close());
  await site.startHub({ port });
  const authority = { cert: readFileSync(files.ca, 'utf8'), key: readFileSync(files.caKey, 'utf8') };
  const give = async (now: Date, days: number) => {
    const { cert, key } = await issueCertificate(authority, { name: 'front-door', now, days });
    const at = { url: `mqtts://127.0.0.1:${tls}`, protocol: '3.1.1', ca: authority.cert, cert, key } as const;
    await provisionFile(site.hub!, { terminal: 'front-door', broker: at, out: site.provisioning, replace: true });
  };
  await give(new Date(Date.now() - 100 * 86_400_000), 10);
  const terminal = site.startTerminal({ camera: { driver: 'replay', folder: site.folder } });
  const said = log(terminal);
  const expired = "the broker says that this side's certificate has expired";
  t.is((await site.event('broker.lost')).body.reason, expired);
  const config = join(site.folder, 'terminal.yaml');
  const { stdout } = await limen('doctor', '--config', config);
  t.true(stdout.includes(expired), stdout);
  t.regex(stdout, /limen hub provision TERMINAL --replace/);
  t.is(site.events('broker.connected').length, 0);
  await give(new Date(), 10);
  const brought = await limen('provision', site.provisioning, '--config', config, '--replace');
  t.is(brought.exitCode, 0, brought.stderr);
  await until(() => site.events('broker.connected').length === 1);
  t.is(terminal.exitCode, null);
  t.is(said('internal'), 0);
});
