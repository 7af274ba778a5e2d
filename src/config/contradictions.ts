import { type AccessConfig, rulesOf } from './access-schema.ts';
import { shown } from './in-words.ts';
import { valueAt } from './json-schema.ts';
import { lineProblems } from './line-problems.ts';
import { payrollProblems } from './payroll-problems.ts';
import type { Problem } from './problems.ts';
import { punchProblems } from './punch-problems.ts';
import type { RecognitionConfig } from './recognition-schema.ts';
import { rulesProblems } from './rules-problems.ts';
import type { BrokerConfig, DoorConfig, HubConfig, TerminalConfig } from './schema.ts';
import { offsetOf, type SourceText } from './source-text.ts';
import { storeProblems, type Wrong } from './store-problems.ts';

/**
 * What is right by itself and wrong together. Whether files exist is not asked here: keys and certificates may be there
 * for the running service only (systemd credentials), and reading the journal has to work without them.
 *
 * @param config the sections that are sound
 */
export function contradictions(config: Partial<TerminalConfig & HubConfig>, source: SourceText): Problem[] {
  const { mode, door, punch, recognition, broker, access, store, gallery, console, payroll } = config;
  const problems: Problem[] = [];
  const wrong: Wrong = (path, says) => problems.push({ offset: offsetOf(path, source), path, says });

  if (mode === 'door' && valueAt(source.content, ['door']) === undefined)
    wrong(['door'], 'is missing: mode "door" needs a lock, see config/pi-door.yaml');
  if (door !== undefined) doorRules(door, wrong);
  lineProblems({ door, punch: mode === 'punch' ? punch : undefined }, wrong);
  if (punch !== undefined) punchProblems(punch, { mode, access }, wrong);
  if (recognition !== undefined) recognitionRules(recognition, wrong);
  if (broker !== undefined) brokerRules(broker, wrong);
  if (store !== undefined) storeProblems(store, wrong);
  if (console !== undefined && (console.certFile === undefined) !== (console.keyFile === undefined))
    wrong(
      ['console', console.certFile === undefined ? 'keyFile' : 'certFile'],
      'console.certFile and console.keyFile go together',
    );
  if (payroll !== undefined) payrollProblems(payroll, wrong);
  if (access !== undefined) accessRules({ ...config, access }, wrong);
  const { secondFactorAfterDays = 0, refuseAfterDays = Number.POSITIVE_INFINITY } = gallery ?? {};
  if (refuseAfterDays < secondFactorAfterDays)
    wrong(['gallery', 'refuseAfterDays'], `is less than gallery.secondFactorAfterDays (${secondFactorAfterDays})`);
  return problems;
}

function accessRules(config: Partial<TerminalConfig> & { access: AccessConfig }, wrong: Wrong): void {
  const { access, terminal = '', door } = config;
  for (const { path, says } of rulesProblems(rulesOf(access))) wrong(['access', ...path], says);
  for (const [name, { terminals }] of Object.entries(access.freeAccess ?? {})) {
    if (terminals.includes(terminal) && door !== undefined && door.longestHoldMs === 0)
      wrong(['access', 'freeAccess', name], 'needs door.longestHoldMs: 0 there forbids holding the door open');
  }
}

function doorRules(door: DoorConfig, wrong: Wrong): void {
  const { longestPulseMs, heldOpenPreAlarmMs, heldOpenAlarmMs, longestHoldMs } = door;
  const says = (key: keyof DoorConfig, sentence: string) => wrong(['door', key], sentence);
  const { pulseMs, extendedPulseMs = longestPulseMs } = door;
  for (const [key, ms] of Object.entries({ pulseMs, extendedPulseMs }))
    if (ms > longestPulseMs) wrong(['door', key], `${ms} is longer than door.longestPulseMs (${longestPulseMs})`);
  if (extendedPulseMs < Math.min(pulseMs, longestPulseMs))
    says('extendedPulseMs', `${extendedPulseMs} is shorter than door.pulseMs (${pulseMs})`);
  if (longestHoldMs > 0 && longestHoldMs < longestPulseMs)
    says(
      'longestHoldMs',
      `${longestHoldMs} is shorter than door.longestPulseMs (${longestPulseMs}); 0 refuses free access`,
    );
  if (heldOpenAlarmMs <= heldOpenPreAlarmMs)
    says(
      'heldOpenAlarmMs',
      `${heldOpenAlarmMs} is not later than the pre-alarm (door.heldOpenPreAlarmMs, ${heldOpenPreAlarmMs})`,
    );
  if (door.driver !== 'simulated' && door.line === undefined)
    says('line', `is missing: driver "${door.driver}" needs the line of the lock relay`);
}

/** A turned head has to pass the gate on yaw, or nobody can ever answer: beyond 20° it counts as turned. */
const leastYawForTurnDeg = 25;

function recognitionRules({ agreeing, window, quality, challenge }: Partial<RecognitionConfig>, wrong: Wrong): void {
  if (agreeing !== undefined && window !== undefined && agreeing > window) {
    const says = `${agreeing} sightings cannot agree in a window of ${window} (recognition.window)`;
    wrong(['recognition', 'agreeing'], says);
  }
  if (quality !== undefined && quality.minBrightness >= quality.maxBrightness) {
    const says = `${quality.minBrightness} leaves nothing below maxBrightness (${quality.maxBrightness})`;
    wrong(['recognition', 'quality', 'minBrightness'], says);
  }
  const turns = challenge === 'turn' || challenge === 'any';
  if (turns && quality !== undefined && quality.maxYawDeg < leastYawForTurnDeg) {
    const says = `${quality.maxYawDeg} turns away everybody who turns the head, as recognition.challenge demands; set ${leastYawForTurnDeg} or more`;
    wrong(['recognition', 'quality', 'maxYawDeg'], says);
  }
}

function brokerRules(broker: BrokerConfig & Partial<HubConfig['broker']>, wrong: Wrong): void {
  const { url, username, passwordFile, certFile, keyFile, embedded } = broker;
  if (!URL.canParse(url)) wrong(['broker', 'url'], `${shown(url)} is not a whole address; expected mqtt://HOST:PORT`);
  // Configurations are copied, mailed and printed; files of secrets are guarded.
  else if (new URL(url).username !== '' || new URL(url).password !== '')
    wrong(['broker', 'url'], 'holds a name or a password: use broker.username and broker.passwordFile');
  if ((certFile === undefined) !== (keyFile === undefined))
    wrong(
      ['broker', certFile === undefined ? 'keyFile' : 'certFile'],
      'broker.certFile and broker.keyFile go together',
    );
  if (passwordFile !== undefined && username === undefined)
    wrong(['broker', 'passwordFile'], 'needs broker.username: MQTT has no password without a name');
  // Whoever names a certificate believes the line is encrypted.
  const isPlain = /^(mqtt|ws):/i.test(url);
  for (const key of ['caFile', 'certFile', 'keyFile'] as const)
    if (isPlain && broker[key] !== undefined)
      wrong(['broker', key], 'has no effect without TLS: broker.url must begin with mqtts:// or wss://');
  // Commands beside a running hub reach its embedded broker by the URL.
  const port = URL.canParse(url) ? new URL(url).port : '';
  if (embedded !== undefined && embedded.port !== 0 && port !== '' && Number(port) !== embedded.port)
    wrong(['broker', 'embedded', 'port'], `${embedded.port} is not the port of broker.url (${port})`);
}
