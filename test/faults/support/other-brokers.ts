import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { needs } from '../../support/require.ts';
import type { TestBroker } from '../../support/site.ts';
import { freePort } from '../../support/sync.ts';
import { answers } from './mosquitto.ts';

/** Brokers that limen is not made for, and works with. */
export const otherBrokers = ['rabbitmq', 'nats'] as const;
export type OtherBroker = (typeof otherBrokers)[number];

/** One of them, not started yet; `null` when the machine has none and the test should end. */
export async function otherBroker(t: ExecutionContext, kind: OtherBroker, folder: string): Promise<TestBroker | null> {
  if (!needs(t, kind)) return null;
  const port = await freePort();
  const program = await (kind === 'rabbitmq' ? rabbitmq(folder, port) : nats(folder, port));
  let child: ChildProcess | null = null;
  const stop = async () => {
    const running = child;
    child = null;
    if (running?.pid === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    // RabbitMQ is a shell that starts a shell that starts Erlang: all of them are one group.
    process.kill(-running.pid, 'SIGKILL');
    await ended;
    program.afterwards();
  };
  t.teardown(stop);
  return {
    url: `mqtt://127.0.0.1:${port}`,
    protocol: '3.1.1',
    stop,
    start: async () => {
      const env = { ...process.env, ...program.env };
      const started = spawn(program.command, program.args, { stdio: 'ignore', detached: true, env });
      child = started;
      while (!(await answers(port))) {
        if (started.exitCode !== null) throw new Error(`${kind} ended with ${started.exitCode}`);
        await delay(100);
      }
    },
  };
}

interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  afterwards(): void;
}

/** The MQTT plugin speaks 3.1.1 (up to RabbitMQ 3.12), and hands out retained messages for whole topics only, not for wildcards. */
async function rabbitmq(folder: string, port: number): Promise<Program> {
  const plugins = join(folder, 'enabled_plugins');
  writeFileSync(plugins, '[rabbitmq_mqtt].\n');
  const config = join(folder, 'rabbitmq.conf');
  const lines = ['listeners.tcp = none', `mqtt.listeners.tcp.1 = 127.0.0.1:${port}`, 'mqtt.allow_anonymous = true'];
  writeFileSync(config, `${lines.join('\n')}\n`);
  const epmdPort = String(await freePort());
  return {
    // Not the one on the PATH, which becomes another user with files of its own.
    command: '/usr/lib/rabbitmq/bin/rabbitmq-server',
    args: [],
    env: {
      HOME: folder,
      RABBITMQ_NODENAME: `limen-${port}@localhost`,
      RABBITMQ_DIST_PORT: String(await freePort()),
      RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
      RABBITMQ_LOG_BASE: join(folder, 'log'),
      RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
      RABBITMQ_CONFIG_FILE: config,
      ERL_EPMD_PORT: epmdPort,
      ERL_EPMD_ADDRESS: '127.0.0.1',
      ERL_EPMD_RELAXED_COMMAND_CHECK: '1',
    },
    // Erlang's port mapper stays behind by design; this one is ours alone, by its port.
    afterwards: () => void execFileSync('epmd', ['-port', epmdPort, '-kill'], { stdio: 'ignore' }),
  };
}

async function nats(folder: string, port: number): Promise<Program> {
  const store = join(folder, 'jetstream');
  mkdirSync(store);
  const config = join(folder, 'nats.conf');
  const text = `server_name: limen\nlisten: 127.0.0.1:${await freePort()}\njetstream { store_dir: "${store}" }\nmqtt { listen: "127.0.0.1:${port}" }\n`;
  writeFileSync(config, text);
  return { command: 'nats-server', args: ['-c', config], env: {}, afterwards: () => {} };
}
