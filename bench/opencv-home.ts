import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageRoot } from '../src/runtime/package-root.ts';
import { resolvePackFolder } from '../src/vision/pack-folders.ts';

/** Where the native choice finds its Python and its two networks. */
export interface OpenCvHome {
  readonly python: string;
  readonly detector: string;
  readonly embedder: string;
}

/**
 * A Python with OpenCV in the user's cache folder, made at the first call, and the networks from `LIMEN_SHARED`, from a
 * folder `shared` beside the checkout, or from packs that `limen models add` has fetched.
 *
 * @throws Error with one sentence when something is absent: the bench then shows OpenCV as not measured.
 */
export function openCvHome(): OpenCvHome {
  const detector = networkOf('yunet', 'yunet_n_320_320.onnx');
  const embedder = networkOf('mobilefacenet', 'foamliu_MobileFaceNet.onnx');
  return { python: pythonWithOpenCv(), detector, embedder };
}

function networkOf(pack: string, file: string): string {
  const shared = process.env.LIMEN_SHARED ?? join(dirname(packageRoot()), 'shared');
  const found = [join(shared, 'models', pack), resolvePackFolder(pack)].map((folder) => join(folder, file));
  const there = found.find(existsSync);
  if (there) return there;
  throw new Error(`${file} is not here: run "limen models add ${pack}"`);
}

function pythonWithOpenCv(): string {
  const home = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'limen', 'bench-opencv');
  const python = join(home, 'bin', 'python');
  if (hasOpenCv(python)) return python;
  try {
    execFileSync('python3', ['-m', 'venv', home], { stdio: 'pipe' });
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', 'opencv-python-headless'], { stdio: 'pipe' });
    return python;
  } catch (cause) {
    throw new Error('opencv-python-headless cannot be installed here (python3 with venv, and network, are needed)', {
      cause,
    });
  }
}

function hasOpenCv(python: string): boolean {
  try {
    execFileSync(python, ['-c', 'import cv2'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}
