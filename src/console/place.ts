/** Where a console is, for what it has to say in words of its own. */
export interface Place {
  readonly kind: 'hub' | 'terminal';
  /** The command by which accounts are changed without a browser. */
  readonly accountCommand: string;
  /** What that command, and the process itself, are configured by. */
  readonly configFile: string;
  /** What prints the setup code, and the systemd unit in whose log it is. */
  readonly startedBy: string;
  readonly unit: string;
}

/** The console of a hub. */
export const atHub: Place = {
  ...{ kind: 'hub', accountCommand: 'limen hub account', configFile: 'hub.yaml' },
  ...{ startedBy: 'limen hub run', unit: 'limen-hub' },
};

/** The console of a terminal. */
export const atTerminal: Place = {
  ...{ kind: 'terminal', accountCommand: 'limen console account', configFile: 'terminal.yaml' },
  ...{ startedBy: 'limen run', unit: 'limen' },
};
