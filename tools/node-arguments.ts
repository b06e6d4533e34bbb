/** What every service's Node is started with, as in their Dockerfiles. */
const NODE_ARGUMENTS: readonly string[] = ['--disable-warning=ExperimentalWarning', '--enable-experimental-regexp-engine-on-excessive-backtracks'];
/** Half of what V8 takes, in MB: nearly all that a request makes is dead at the end of its turn, and more room for it would only be held. */
const YOUNG_MB = 8;
const YOUNG_MB_OF_METRICS = 4;

/** Node's arguments for a service. */
export const nodeArgumentsFor = (service: string): readonly string[] => [
  ...NODE_ARGUMENTS,
  `--max-semi-space-size=${service === 'metrics-service' ? YOUNG_MB_OF_METRICS : YOUNG_MB}`,
];
