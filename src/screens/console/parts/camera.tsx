import { useEffect, useRef, useState } from 'preact/hooks';
import type { Looked } from '../../../console/answers/people.ts';
import { ask } from '../server.ts';
import { Icon } from './icon.tsx';
import { Waiting } from './page.tsx';
import type { Shots } from './pictures.ts';
import { Problem } from './problem.tsx';
import { whyNot } from './shot-list.tsx';

/** How somebody is to hold their head, and whether a look shows it. */
interface Pose {
  readonly says: string;
  readonly fits: (yawDeg: number, before: number) => boolean;
}

/** A little to both sides: what a door sees of somebody who walks up to it. */
const poses: readonly Pose[] = [
  { says: 'Look straight at the camera', fits: (yaw) => Math.abs(yaw) < 9 },
  { says: 'Turn your head a little to one side', fits: (yaw) => Math.abs(yaw) >= 8 },
  {
    says: 'Now a little to the other side',
    fits: (yaw, before) => Math.abs(yaw) >= 8 && Math.sign(yaw) !== Math.sign(before),
  },
];

const lookEveryMs = 250;
const lookWidthPx = 480;

/** Take pictures of somebody with this computer's camera, pose by pose. */
export function Camera({ into, onDone }: { readonly into: Shots; readonly onDone: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [error, setError] = useState<unknown>(null);
  const [look, setLook] = useState<Looked | null>(null);
  const [step, setStep] = useState(0);
  const lastYaw = useRef(0);
  const pose = poses[step];

  useEffect(() => {
    let stream: MediaStream | null = null;
    let isGone = false;
    const open = async () => {
      if (!navigator.mediaDevices)
        throw new Error('This browser gives no camera to a page that is not HTTPS or localhost.');
      stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 }, height: { ideal: 720 } } });
      if (isGone || !video.current) return stop(stream);
      video.current.srcObject = stream;
      await video.current.play();
    };
    open().catch((reason) => !isGone && setError(inWords(reason)));
    return () => {
      isGone = true;
      stop(stream);
    };
  }, []);

  /** Returns whether the picture is one to enrol with. */
  const keep = async (onlyGood: boolean) => {
    const blob = await pictureOf(video.current, 1280);
    const said = blob && (await into.add(blob, `camera-${step + 1}.jpg`, { onlyGood }));
    if (said?.picture == null) return false;
    lastYaw.current = said.quality?.yawDeg ?? 0;
    next();
    return true;
  };
  const next = () => {
    if (step + 1 >= poses.length) onDone();
    else setStep(step + 1);
  };

  useEffect(() => {
    if (pose === undefined) return;
    const gone = new AbortController();
    const watch = async () => {
      while (!gone.signal.aborted) {
        const blob = await pictureOf(video.current, lookWidthPx);
        if (blob !== null) {
          const seen = await ask<Looked>('/api/pictures?keep=no', { method: 'POST', body: blob, signal: gone.signal });
          if (gone.signal.aborted) return;
          setLook(seen);
          if (seen.good && seen.quality && pose.fits(seen.quality.yawDeg, lastYaw.current) && (await keep(true)))
            return;
        }
        await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
      }
    };
    watch().catch((reason) => !gone.signal.aborted && setError(reason));
    return () => gone.abort();
  }, [step]);

  if (error) return <Problem of={error} />;
  return (
    <div class="camera">
      <div class="viewfinder">
        <video ref={video} muted playsInline aria-label="What the camera sees" />
        <Frame of={look} />
        <output class={`guidance ${look?.good ? 'good' : ''}`}>{guidanceFor(look, pose)}</output>
      </div>
      <ol class="steps" aria-label="Poses">
        {poses.map(({ says }, i) => (
          <li key={says} class={i < step ? 'over' : ''} aria-current={i === step ? 'step' : undefined}>
            {says}
          </li>
        ))}
      </ol>
      <div class="actions">
        <button type="button" class="secondary outline" onClick={() => void keep(false).catch(setError)}>
          <Icon name="camera" /> Take it now
        </button>
        <button type="button" class="secondary outline" onClick={next}>
          Leave this pose out
        </button>
      </div>
      {look === null && <Waiting>The camera starts …</Waiting>}
    </div>
  );
}

function guidanceFor(look: Looked | null, pose: Pose | undefined): string {
  if (look === null || pose === undefined) return '';
  return look.good ? pose.says : whyNot(look);
}

/** Where the face is. */
function Frame({ of }: { readonly of: Looked | null }) {
  if (!of?.box) return null;
  const { x, y, width, height } = of.box;
  return (
    <svg class={of.good ? 'good' : ''} viewBox={`0 0 ${of.widthPx} ${of.heightPx}`} aria-hidden="true">
      <rect {...{ x, y, width, height }} rx={width / 8} />
    </svg>
  );
}

/** What the camera sees now, at most so wide; `null` before it sees anything. */
function pictureOf(video: HTMLVideoElement | null, widthPx: number): Promise<Blob | null> {
  if (video === null || video.videoWidth === 0) return Promise.resolve(null);
  const scale = Math.min(1, widthPx / video.videoWidth);
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92));
}

function stop(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

function inWords(reason: unknown): Error {
  const name = reason instanceof Error ? reason.name : '';
  if (name === 'NotAllowedError')
    return new Error('The browser was not allowed to use the camera: allow it beside the address, and try again.');
  if (name === 'NotFoundError') return new Error('This computer has no camera. Enrol from files, or plug one in.');
  if (name === 'NotReadableError') return new Error('Another program uses the camera: close it, and try again.');
  return reason instanceof Error ? reason : new Error(String(reason));
}
