/** What every service's Node is started with, as in their Dockerfiles. */
const NODE_ARGUMENTS: readonly string[] = ['--disable-warning=ExperimentalWarning', '--enable-experimental-regexp-engine-on-excessive-backtracks'];
/** Half of what V8 takes for young objects, in MB: nearly all that a request makes is dead at the end of its turn, and more room for it would only be held. */
const YOUNG_ARGUMENT = '--max-semi-space-size=8';
/** The service with two threads, each with a heap of its own: less for the young, and old objects are looked through once they have doubled and somewhat more. */
const METRICS_ARGUMENTS: readonly string[] = ['--max-semi-space-size=4', '--heap-growing-percent=120'];

/** Node's arguments for a service. */
export const nodeArgumentsFor = (service: string): readonly string[] => [...NODE_ARGUMENTS, ...(service === 'metrics-service' ? METRICS_ARGUMENTS : [YOUNG_ARGUMENT])];
