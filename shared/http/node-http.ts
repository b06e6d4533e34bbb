/**
 * `node:http`. An `import` of it would read all its members, also `WebSocket` and its kin, which are made when they are first read:
 * that loads a whole HTTP client nobody here uses, 16 MB and 30 ms of every start.
 */
export const nodeHttp: typeof import('node:http') = process.getBuiltinModule('node:http');
