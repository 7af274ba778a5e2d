/** Numbers with a shape, row-major. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** The forms that a network comes in: one ONNX file, or a TF.js GraphModel (its description and its weights). */
export type NetworkFormat = 'onnx' | 'tfjs';

/** What runs neural networks. Drivers: `onnxruntime-node`, `onnxruntime-web`, `tfjs`. */
export interface Engine {
  /** Runtime and version, for people: `onnxruntime-node 1.27.0 (cpu)`. */
  readonly name: string;
  /** The form of network that it takes. */
  readonly format: NetworkFormat;
  /** Why it is slower than it could be on this machine, and the mend; absent when it is not. */
  readonly handicap?: Handicap;
  /**
   * Prepare a network from bytes in memory.
   *
   * @param model the ONNX file, or the model.json of a GraphModel
   * @param weights of a GraphModel, all in one
   * @throws LimenError `engine.failed` when the runtime refuses them.
   */
  load(model: Uint8Array, weights?: Uint8Array): Promise<Network>;
}

/** Something that holds an engine back. */
export interface Handicap {
  readonly says: string;
  readonly mend: string;
}

/** A loaded network. One `run` at a time. */
export interface Network {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** @throws LimenError `engine.failed` when shapes do not fit or the runtime gives up. */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

/** How an engine is opened. */
export interface EngineOptions {
  /** Threads for one network. Default 1: the door's other duties need the other cores. */
  readonly threads?: number;
}

/**
 * What every engine driver exports under the name `openEngine`, so that a worker can be told its module only.
 *
 * @throws LimenError `engine.missing` when the runtime is not installed or does not load on this machine.
 */
export type OpenEngine = (options?: EngineOptions) => Promise<Engine>;
