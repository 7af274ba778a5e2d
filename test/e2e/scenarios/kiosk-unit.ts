import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { packageRoot } from '../../../src/runtime/package-root.ts';
import { temporaryFolders } from '../../support/folders.ts';
import { needs } from '../../support/require.ts';
import { TestSite } from '../../support/terminal.ts';
import { until } from '../../support/wait.ts';
import { clip, startScreen } from '../support/screen.ts';

const folder = temporaryFolders(test);

/** What limen-kiosk.service starts, word by word, with systemd's `%t` and its variable put in. */
function startLine({ runtime, screen }: { readonly runtime: string; readonly screen: string }): string[] {
  const unit = readFileSync(join(packageRoot(), 'systemd/limen-kiosk.service'), 'utf8').replaceAll('\\\n', ' ');
  const [, line = ''] = /^ExecStart=(.*)$/m.exec(unit) ?? [];
  return line.replaceAll('%t', runtime).replaceAll('$LIMEN_SCREEN', screen).split(/\s+/);
}

/** A folder of somebody without rights, and how to become them: Chromium's sandbox is not for root. */
function somebody(runtime: string): string[] {
  mkdirSync(join(runtime, 'limen-kiosk'), { recursive: true, mode: 0o700 });
  if (process.getuid?.() !== 0) return [];
  const uid = Number(spawnSync('id', ['-u', 'nobody'], { encoding: 'utf8' }).stdout);
  for (const path of [runtime, join(runtime, 'limen-kiosk')]) chownSync(path, uid, 0);
  return ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups', '--pdeathsig=TERM'];
}

/** Of a process, by what it has in /proc; empty for what is none, or is gone. */
function environmentOf(pid: string): readonly string[] {
  if (!/^\d+$/.test(pid)) return [];
  try {
    return readFileSync(join('/proc', pid, 'environ'), 'utf8').split('\0');
  } catch {
    return [];
  }
}

test.serial("limen-kiosk.service's own line shows the terminal's screen over the whole display", async (t) => {
  if (!needs(t, 'chromium') || !needs(t, 'cage')) return;
  const site = new TestSite(folder());
  const { url } = await startScreen(t, site, { provisioning: undefined, camera: clip('walkup-s01-stranger') });
  const runtime = folder();
  const [program = '', ...args] = [...somebody(runtime), ...startLine({ runtime, screen: `${url}/` })];
  const env = {
    ...{ PATH: process.env.PATH, HOME: join(runtime, 'limen-kiosk'), XDG_RUNTIME_DIR: runtime },
    // A display that is in memory only.
    ...{ WLR_BACKENDS: 'headless', WLR_RENDERER: 'pixman', WLR_LIBINPUT_NO_DEVICES: '1' },
    // Chromium then tells what it asks of the compositor.
    WAYLAND_DEBUG: 'client',
  };
  const cage = spawn(program, args, { env, cwd: runtime, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(cage, 'exit');
  t.teardown(async () => {
    cage.kill('SIGTERM');
    await ended;
    // The browser in it has processes of its own, which write into its folder for a moment longer.
    await until(() => !readdirSync('/proc').some((pid) => environmentOf(pid).includes(`XDG_RUNTIME_DIR=${runtime}`)));
  });
  let said = '';
  cage.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const asks = async (wanted: RegExp) => {
    await until(() => {
      if (cage.exitCode !== null) throw new Error(`cage ended: ${said.slice(-2000)}`);
      return wanted.test(said);
    });
  };
  await asks(/set_fullscreen/);
  await asks(/set_title\("limen - Chromium"\)/);
  await asks(/set_window_geometry\(0, 0, 1280, 720\)/);
  t.pass();
});
