import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { measure, Stages, type Subject } from './measure.ts';
import { randomVectors } from './random.ts';
import { tensorFlowOnWasm } from './tfjs.ts';

/** The part of `@vladmandic/face-api` that is measured. */
interface FaceApi {
  readonly version: string;
  readonly nets: {
    readonly tinyFaceDetector: Net & { locateFaces(...args: unknown[]): Promise<unknown> };
    readonly faceLandmark68Net: Net & { detectLandmarks(...args: unknown[]): Promise<unknown> };
    readonly faceRecognitionNet: Net & { computeFaceDescriptor(...args: unknown[]): Promise<unknown> };
  };
  readonly TinyFaceDetectorOptions: new () => object;
  readonly LabeledFaceDescriptors: new (label: string, descriptors: Float32Array[]) => object;
  readonly FaceMatcher: new (known: object[]) => { findBestMatch(descriptor: Float32Array): unknown };
  detectAllFaces(
    picture: unknown,
    options: object,
  ): { withFaceLandmarks(): { withFaceDescriptors(): Promise<object[]> } };
}

interface Net {
  loadFromDisk(folder: string): Promise<void>;
}

/** face-api as its documentation uses it: tiny face detector at its default size, 68 landmarks, descriptor. */
await measure(async (): Promise<Subject> => {
  const { require, tf } = await tensorFlowOnWasm();
  const file = require.resolve('@vladmandic/face-api/dist/face-api.node-wasm.js');
  const api = require(file) as FaceApi;
  const { tinyFaceDetector, faceLandmark68Net, faceRecognitionNet } = api.nets;
  const models = join(dirname(file), '../model');
  for (const net of [tinyFaceDetector, faceLandmark68Net, faceRecognitionNet]) await net.loadFromDisk(models);

  const stages = new Stages();
  const time = <T extends object, K extends keyof T>(stage: string, of: T, method: K) => {
    const work = (of[method] as (...args: unknown[]) => Promise<unknown>).bind(of);
    of[method] = stages.timing(stage, work) as T[K];
  };
  time('detect', tinyFaceDetector, 'locateFaces');
  time('landmarks', faceLandmark68Net, 'detectLandmarks');
  time('embed', faceRecognitionNet, 'computeFaceDescriptor');
  const decode = stages.timing('decode', async (jpeg: Uint8Array) => {
    const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
    return tf.tensor3d(new Uint8Array(data), [info.height, info.width, 3], 'int32');
  });
  const options = new api.TinyFaceDetectorOptions();
  return {
    version: `@vladmandic/face-api ${api.version}, tfjs wasm`,
    async see(jpeg) {
      const picture = await decode(jpeg);
      const found = await api.detectAllFaces(picture, options).withFaceLandmarks().withFaceDescriptors();
      picture.dispose();
      return { faces: found.length, templates: found.length, stages: stages.take() };
    },
    matcher(rows) {
      const vectors = randomVectors(rows, 128).map((vector) => Float32Array.from(vector));
      const known = vectors.map((vector, i) => new api.LabeledFaceDescriptors(`${i}`, [vector]));
      const matcher = new api.FaceMatcher(known);
      return () => matcher.findBestMatch(vectors[7] as Float32Array);
    },
  };
});
