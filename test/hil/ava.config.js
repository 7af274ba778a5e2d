/** Inside the test machine: one process at a time, since the scenarios share its hardware, and patience, since it is emulated. */
export default {
  files: ['dist/test/{hil/{machines,scenarios,after-power-cut},gpio}/*.js'],
  workerThreads: false,
  serial: true,
  concurrency: 1,
  timeout: '180s',
  // The checkout is mounted read-only.
  cache: false,
};
