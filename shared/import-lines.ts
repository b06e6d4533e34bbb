/** How many lines of an import are stored together, in about a twentieth of a second, which is how long an event may have to wait: who sends as many in a request has the answer as soon as they are on disk. */
export const IMPORT_LINES_AT_ONCE = 4_000;
