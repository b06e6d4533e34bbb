/** How many lines of an import are stored together, in about a tenth of a second: who sends as many in a request has the answer as soon as they are on disk. */
export const IMPORT_LINES_AT_ONCE = 8_000;
