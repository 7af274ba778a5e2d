import type { PayrollConfig } from './payroll-schema.ts';
import { loopback, type Wrong } from './store-problems.ts';

/** What is wrong with the addresses of payrolls, and with their names taken together. */
export function payrollProblems(payroll: readonly PayrollConfig[], wrong: Wrong): void {
  for (const [i, { name, url }] of payroll.entries()) {
    const { protocol, hostname, username, password } = new URL(url);
    const at = ['payroll', String(i)];
    if (protocol === 'http:' && !loopback.test(hostname))
      wrong([...at, 'url'], 'goes over the network without TLS: punches are about people, use https');
    if (username !== '' || password !== '')
      wrong([...at, 'url'], 'holds a name or a password: they have a file of their own');
    if (payroll.findIndex((other) => other.name === name) !== i)
      wrong([...at, 'name'], `${name} is the name of another payroll`);
  }
}
