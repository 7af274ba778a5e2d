import { setup } from './store.ts';

let context: AudioContext | null = null;

/** A sound or two, one after the other: made here, so that there is no file to load. */
function play(notes: readonly (readonly [hertz: number, ms: number])[], loudness = 0.2): void {
  if (setup.peek()?.sounds !== true) return;
  context ??= new AudioContext();
  // Chromium keeps quiet until somebody touches the page, unless it was started with leave to play.
  void context.resume();
  let at = context.currentTime;
  for (const [hertz, ms] of notes) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = hertz;
    tone.type = 'triangle';
    const end = at + ms / 1000;
    volume.gain.setValueAtTime(loudness, at);
    // A tone that is cut off clicks.
    volume.gain.exponentialRampToValueAtTime(0.001, end);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(end);
    at = end;
  }
}

/** A key was pressed. */
export const click = () => play([[1400, 25]], 0.08);
/** Let in, or recorded. */
export const granted = () =>
  play([
    [660, 110],
    [990, 220],
  ]);
/** Refused, whatever for. */
export const denied = () =>
  play([
    [240, 180],
    [180, 320],
  ]);
/** Something has to be done: a PIN, a key. */
export const wanted = () => play([[780, 120]]);
