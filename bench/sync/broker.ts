import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** A Mosquitto with its default limits, on a free port of this machine. */
export async function startBroker(folder: string) {
  const port = await freePort();
  const file = join(folder, 'mosquitto.conf');
  const user = process.getuid?.() === 0 ? 'user root\n' : '';
  writeFileSync(file, `listener ${port} 127.0.0.1\nallow_anonymous true\nlog_dest none\npersistence false\n${user}`);
  const child = spawn('mosquitto', ['-c', file], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  return {
    url: `mqtt://127.0.0.1:${port}`,
    pid: child.pid as number,
    peakMb: () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
