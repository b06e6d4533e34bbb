/** All threads take memory from one place of the C library: where each has its own, a tenth more is held of what goes from thread to thread, and nothing is quicker. */
const ONE_ARENA: Readonly<Record<string, string>> = { MALLOC_ARENA_MAX: '1' };

/** What a service's process needs in its environment besides its own settings, as in the Dockerfiles. */
export const nodeEnvironmentFor = (service: string): Readonly<Record<string, string>> => (service === 'metrics-service' ? ONE_ARENA : {});
