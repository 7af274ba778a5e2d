/** Inside the test machine: one process at a time, since the scenarios share its hardware, and patience, since it is emulated. */
export default {
  files: ['dist/test/{hil/{machines,scenarios,after-power-cut},gpio}/*.js'],
  // An optimising compiler costs more than it saves where its code has to be translated once more.
  nodeArguments: ['--no-opt', '--max-lazy'],
  workerThreads: false,
  serial: true,
  concurrency: 1,
  timeout: '30m',
  // The checkout is mounted read-only.
  cache: false,
};
