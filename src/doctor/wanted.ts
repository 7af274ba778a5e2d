import { isHubConfig, loadHubConfig, loadTerminalConfig } from '../config/load.ts';
import type { HubConfig, TerminalConfig } from '../config/schema.ts';
import { type Finding, failureOf, ok } from './finding.ts';

/** What is to be examined besides the machine, and what there is to say about the file that says so. */
export interface Wanted {
  readonly terminal: TerminalConfig | null;
  readonly hub: HubConfig | null;
  readonly finding: Finding;
}

/** Read a terminal's or a hub's configuration; never throws. */
export function wantedBy(file: string | undefined): Wanted {
  if (file === undefined) {
    const says = 'none given; with --config FILE a terminal or a hub is checked as well';
    return { terminal: null, hub: null, finding: ok('config', says) };
  }
  try {
    if (isHubConfig(file)) {
      const hub = loadHubConfig(file);
      return { terminal: null, hub, finding: ok('config', `${file}: hub of site ${hub.site}`) };
    }
    const terminal = loadTerminalConfig(file);
    const says = `${file}: terminal ${terminal.terminal} of site ${terminal.site}, mode ${terminal.mode}`;
    return { terminal, hub: null, finding: ok('config', says) };
  } catch (error) {
    return { terminal: null, hub: null, finding: failureOf('config', error) };
  }
}
