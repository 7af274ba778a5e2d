/** Faults: from the build, like every other test. One thread of the pool, so that a simulated day is the same each time. */
export default {
  files: ['dist/test/faults/scenarios/*.js'],
  workerThreads: false,
  concurrency: 2,
  timeout: '10m',
  cache: false,
  environmentVariables: { UV_THREADPOOL_SIZE: '1' },
};
