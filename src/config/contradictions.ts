import { offsetOf, type Problem, type SourceText } from './problems.ts';
import type { HubConfig, TerminalConfig } from './schema.ts';

/** What is right by itself and wrong together. */
export function contradictions(config: object, source: SourceText): Problem[] {
  const { mode, door, recognition, broker } = config as Partial<TerminalConfig> & Partial<HubConfig>;
  const problems: Problem[] = [];
  const wrong = (path: readonly string[], says: string) =>
    problems.push({ offset: offsetOf(path, source), path, says });

  if (mode === 'door' && door === undefined)
    wrong(['door'], 'is missing: mode "door" needs a lock, see config/pi-door.yaml');
  if (door !== undefined && door.pulseMs > door.longestPulseMs) {
    wrong(['door', 'pulseMs'], `${door.pulseMs} is longer than door.longestPulseMs (${door.longestPulseMs})`);
  }
  const { agreeing, window } = (recognition ?? {}) as Partial<TerminalConfig['recognition']>;
  if (agreeing !== undefined && window !== undefined && agreeing > window) {
    wrong(
      ['recognition', 'agreeing'],
      `${agreeing} sightings cannot agree in a window of ${window} (recognition.window)`,
    );
  }
  const { minBrightness, maxBrightness } = recognition?.quality ?? { minBrightness: 0, maxBrightness: 255 };
  if (minBrightness >= maxBrightness) {
    wrong(
      ['recognition', 'quality', 'minBrightness'],
      `${minBrightness} leaves nothing below maxBrightness (${maxBrightness})`,
    );
  }
  if (broker !== undefined && (broker.certFile === undefined) !== (broker.keyFile === undefined)) {
    wrong(
      ['broker', broker.certFile === undefined ? 'keyFile' : 'certFile'],
      'broker.certFile and broker.keyFile go together',
    );
  }
  return problems;
}
