/** Numbers with a shape, row-major. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** What runs neural networks. Drivers: `onnxruntime-node`, `onnxruntime-web`. */
export interface Engine {
  /** Runtime and version, for people: `onnxruntime-node 1.27.0 (cpu)`. */
  readonly name: string;
  /**
   * Prepare a network from the bytes of an ONNX file.
   *
   * @throws LimenError `engine.failed` when the runtime refuses the file.
   */
  load(onnx: Uint8Array): Promise<Network>;
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
