/** On the host; what is tested runs emulated, in child processes that take their time. */
export default {
  files: ['dist/test/arm64/scenarios/*.js'],
  workerThreads: false,
  concurrency: 2,
  timeout: '600s',
  cache: false,
};
