import type { Migration } from 'kysely';
import { firstTables } from './001-first-tables.ts';
import { attendance } from './003-attendance.ts';
import { terminalKeys } from './005-terminal-keys.ts';
import { peopleAndPayroll } from './006-people-and-payroll.ts';
import { console } from './007-console.ts';
import { groupHistory } from './008-group-history.ts';
import { commandArgs } from './009-command-args.ts';
import { punchProof } from './010-punch-proof.ts';
import { ownKeys } from './011-own-keys.ts';
import { faceErasures } from './012-face-erasures.ts';
import { disabledAccounts } from './013-disabled-accounts.ts';
import { begunDeeds } from './014-begun-deeds.ts';
import { untoldClocks } from './015-untold-clocks.ts';

/**
 * Every change of the hub's tables, by a name that is kept in the database once it is made. Names are carried out in
 * their order, so a new one is numbered behind all others; one that a release has carried is never changed again.
 */
export const migrations: Readonly<Record<string, Migration>> = {
  '001-first-tables': firstTables,
  '003-attendance': attendance,
  '005-terminal-keys': terminalKeys,
  '006-people-and-payroll': peopleAndPayroll,
  '007-console': console,
  '008-group-history': groupHistory,
  '009-command-args': commandArgs,
  '010-punch-proof': punchProof,
  '011-own-keys': ownKeys,
  '012-face-erasures': faceErasures,
  '013-disabled-accounts': disabledAccounts,
  '014-begun-deeds': begunDeeds,
  '015-untold-clocks': untoldClocks,
};
