/**
 * The PIN in a file that nobody else can read, or of standard input for `-`; `null` where no file was named. Never an
 * argument: those are in the history of the shell, and in every list of processes.
 *
 * @throws LimenError as `readSecretFile`.
 */
export async function pinFrom(file: string | undefined): Promise<string | null> {
  if (file === undefined) return null;
  if (file === '-') return (await (await import('node:stream/consumers')).text(process.stdin)).trim();
  return (await import('../runtime/secrets.ts')).readSecretFile(file).trim();
}
