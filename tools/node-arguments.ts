/** What every service's Node is started with, as in their Dockerfiles. */
const NODE_ARGUMENTS: readonly string[] = ['--disable-warning=ExperimentalWarning', '--enable-experimental-regexp-engine-on-excessive-backtracks'];

/** Node's arguments for a service: metrics-service makes much that is dead at the end of its turn, and would only hold more memory with more room for it. */
export const nodeArgumentsFor = (service: string): readonly string[] => (service === 'metrics-service' ? [...NODE_ARGUMENTS, '--max-semi-space-size=4'] : NODE_ARGUMENTS);
