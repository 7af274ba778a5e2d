/** An audience that is every terminal of the site; no terminal can have this name. */
export const everyTerminal = '*';

/** No command is good for longer. What is older is certainly dead, whoever kept it. */
export const longestLifetimeMs = 600_000;
