/**
 * Tests run from the build: on Node 20 a TypeScript loader does not reach AVA's workers, and the shipped code is the built code.
 * Child processes instead of worker threads, because native modules (onnxruntime, sharp) dislike being unloaded with a thread.
 */
export default {
  files: ['dist/test/**/*.test.js'],
  workerThreads: false,
  timeout: '300s',
  concurrency: 2,
};
