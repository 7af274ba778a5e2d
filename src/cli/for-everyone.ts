/**
 * Let others read what this command writes. limen hides its files, because books and galleries are about people; a
 * pack holds nobody's face, and is installed by root and read by the daemon's own user.
 */
export function forEveryone(): void {
  process.umask(0o022);
}
