import { useEffect, useRef } from 'preact/hooks';
import { face, setup, view } from './store.ts';

/** After something went wrong, or where no picture comes. */
const pauseMs = 1000;
/** A face is framed with this much around it, because a detector's box ends at the brows. */
const around = 0.22;

/** The live picture, mirrored and filling its place, with the face framed; a drawing where the picture is switched off. */
export function Mirror() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const showsPicture = setup.value?.picture === true;
  useEffect(() => (showsPicture && canvas.current ? showPictures(canvas.current) : undefined), [showsPicture]);
  useEffect(() => {
    const place = () => frame.current && placeFrame(frame.current);
    const resized = new ResizeObserver(place);
    if (frame.current?.parentElement) resized.observe(frame.current.parentElement);
    const stops = [face.subscribe(place), view.subscribe(place), () => resized.disconnect()];
    return () => {
      for (const stop of stops) stop();
    };
  }, []);
  return (
    <div class="mirror" aria-hidden="true">
      {showsPicture ? <canvas ref={canvas} /> : <Drawing />}
      <div class="face" ref={frame} hidden />
    </div>
  );
}

function Drawing() {
  return (
    <svg class="drawing" viewBox="0 0 200 200" aria-hidden="true">
      <path d="M100 38c-30 0-46 24-46 54 0 34 20 66 46 66s46-32 46-66c0-30-16-54-46-54z" />
      <path d="M20 60V28a8 8 0 0 1 8-8h32M140 20h32a8 8 0 0 1 8 8v32M180 140v32a8 8 0 0 1-8 8h-32M60 180H28a8 8 0 0 1-8-8v-32" />
    </svg>
  );
}

/** Ask for one picture after the other, so that none ever waits for this browser. Returns the way to stop. */
function showPictures(canvas: HTMLCanvasElement): () => void {
  const leaving = new AbortController();
  void (async () => {
    let last = 0;
    while (!leaving.signal.aborted) {
      last = await showOne(canvas, last, leaving.signal).catch(() => -1);
      if (last < 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
      last = Math.max(0, last);
    }
  })();
  return () => leaving.abort();
}

async function showOne(canvas: HTMLCanvasElement, after: number, signal: AbortSignal): Promise<number> {
  const response = await fetch(`/api/picture?after=${after}`, { signal });
  if (!response.ok) return -1;
  if (response.status === 204) return after;
  const picture = await createImageBitmap(await response.blob());
  if (canvas.width !== picture.width || canvas.height !== picture.height) {
    canvas.width = picture.width;
    canvas.height = picture.height;
  }
  canvas.getContext('2d', { alpha: false, desynchronized: true })?.drawImage(picture, 0, 0);
  picture.close();
  return Number(response.headers.get('x-frame') ?? 0);
}

/** Where the face of the picture is in the mirror, which shows the middle of it, turned around. */
function placeFrame(frame: HTMLElement): void {
  const place = frame.parentElement as HTMLElement;
  const { box, widthPx, heightPx } = face.peek() ?? { box: null, widthPx: 1, heightPx: 1 };
  // White, whoever it is, and gone once the face is not what is looked at any more.
  const isLookedAt = ['idle', 'looking', 'claimed'].includes(view.peek()?.kind ?? '');
  frame.hidden = box === null || !isLookedAt || setup.peek()?.picture !== true;
  if (box === null) return;
  const scale = Math.max(place.clientWidth / widthPx, place.clientHeight / heightPx);
  const left = (place.clientWidth - widthPx * scale) / 2 + (widthPx - box.x - box.width) * scale;
  const top = (place.clientHeight - heightPx * scale) / 2 + box.y * scale;
  const more = box.height * scale * around;
  frame.style.transform = `translate(${left - more}px, ${top - more}px)`;
  frame.style.width = `${box.width * scale + 2 * more}px`;
  frame.style.height = `${box.height * scale + 2 * more}px`;
}
