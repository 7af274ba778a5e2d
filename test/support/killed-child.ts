import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * Run a module in a process of its own, SIGKILL it `afterMs` after its first line, and return every line it had
 * printed. A line that was printed before the kill is always among them.
 */
export async function killedChild(module: URL, args: readonly string[], afterMs: number): Promise<string[]> {
  const child = spawn(process.execPath, [module.pathname, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (lines.push(line) === 1) setTimeout(() => child.kill('SIGKILL'), afterMs);
    }
  } finally {
    child.kill('SIGKILL');
  }
  return lines;
}
