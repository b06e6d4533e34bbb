import { SECURITY_HEADERS } from './write-reply.ts';

const FAULTS: Readonly<Record<string, readonly [status: number, reason: string, title: string, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'Headers too large', 'The path and headers may have at most 16 KiB.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'Request took too long', 'The request did not arrive in time.'],
};
const MALFORMED = [400, 'Bad Request', 'Malformed request', 'This is no HTTP/1.1 request.'] as const;

const SECURITY = Object.entries(SECURITY_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`).join('');

/** The whole answer to what Node's parser gave up on, by its error's code: nothing else is told of it, and there is no request to reply to. */
export const parserFault = (code: string | undefined): string => {
  const [status, reason, title, detail] = FAULTS[code ?? ''] ?? MALFORMED;
  const body = JSON.stringify({ type: 'about:blank', title, status, detail });
  return `HTTP/1.1 ${status} ${reason}\r\nconnection: close\r\ncontent-type: application/problem+json\r\ncontent-length: ${body.length}\r\ncache-control: no-store\r\n${SECURITY}\r\n${body}`;
};
