/**
 * Cuts a stream of bytes into frames as long as the memory that `memory` gives. Each byte is copied once, from the
 * pipe's chunk into the frame that is handed over. `take` returns true when it keeps the frame; otherwise its memory is
 * filled again.
 */
export function frameCutter(
  memory: () => Uint8Array,
  take: (frame: Uint8Array) => boolean,
): (chunk: Uint8Array) => void {
  let frame = memory();
  let filled = 0;
  return (chunk) => {
    for (let offset = 0; offset < chunk.length; ) {
      const piece = chunk.subarray(offset, offset + frame.length - filled);
      frame.set(piece, filled);
      filled += piece.length;
      offset += piece.length;
      if (filled < frame.length) continue;
      if (take(frame)) frame = memory();
      filled = 0;
    }
  };
}

/**
 * A gate that lets through at most `fps` frames per second: cameras that cannot run at the asked rate run at a higher
 * one. A frame may come a quarter of a period early, so that a camera's jitter costs no frame.
 */
export function rateGate(fps: number): (nowMs: number) => boolean {
  const periodMs = 1000 / fps;
  let dueMs = Number.NEGATIVE_INFINITY;
  return (nowMs) => {
    if (nowMs < dueMs - periodMs / 4) return false;
    dueMs = Math.max(dueMs, nowMs - periodMs / 4) + periodMs;
    return true;
  };
}
