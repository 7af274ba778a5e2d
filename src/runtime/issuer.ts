import { userInfo } from 'node:os';

/** Whoever typed a command, as the machine knows them: under sudo, who that was before. */
export function issuer(): string {
  return (process.env.SUDO_USER ?? userName()).replace(/\p{Cc}/gu, '').slice(0, 100);
}

/** A user without a name (a container's) has a number. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}
