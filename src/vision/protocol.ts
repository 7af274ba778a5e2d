import { type ErrorCode, LimenError, messageOf } from '../domain/errors.ts';
import type { Frame } from '../domain/frame.ts';
import type { Seen } from '../domain/sighting.ts';
import type { EngineOptions } from '../engine/engine.ts';
import type { AttentionOptions } from './attention.ts';
import type { QualityGates } from './quality.ts';
import type { Look } from './vision.ts';

/** What a vision worker is started with. */
export interface WorkerSettings {
  /** Names or folders of packs, as `loadPack` takes them. */
  readonly packs: readonly string[];
  /** URL of the engine driver's module: it exports `openEngine`. Only `compose.ts` knows drivers by name. */
  readonly engineModule: string;
  readonly engineOptions?: EngineOptions;
  readonly quality: QualityGates;
  readonly mostFaces?: number;
  readonly attention?: AttentionOptions;
}

/** From the main thread to the worker. */
export type Request =
  | { readonly kind: 'see'; readonly call: number; readonly frame: Frame; readonly look: Look }
  | { readonly kind: 'close' };

/** From the worker to the main thread. */
export type Reply =
  | { readonly kind: 'ready'; readonly model: string }
  | { readonly kind: 'unready'; readonly error: WireError }
  | { readonly kind: 'seen'; readonly call: number; readonly seen: Seen; readonly data: Uint8Array }
  | { readonly kind: 'failed'; readonly call: number; readonly error: WireError; readonly data: Uint8Array };

/** A {@link LimenError} on its way between threads: structured cloning would drop its class, code and hint. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
}

/** What is not a LimenError becomes `vision.failed`. */
export function toWire(error: unknown): WireError {
  if (error instanceof LimenError) return { code: error.code, message: error.message, hint: error.hint };
  return { code: 'vision.failed', message: `Vision failed: ${messageOf(error)}`, hint: undefined };
}

/** The error as it was thrown in the worker, without its cause. */
export function fromWire({ code, message, hint }: WireError): LimenError {
  return new LimenError(code, message, hint === undefined ? {} : { hint });
}
