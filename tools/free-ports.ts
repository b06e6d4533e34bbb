import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** Below the range from which systems take ports for outgoing connections, so that nobody grabs one while its service is away. */
const PORT_MIN = 20_000;
const PORT_MAX = 32_000;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/**
 * Keeps a port from others who look for one: a UDP socket of the same number is held as long as this process lives, and stands in
 * nobody's way. So a service's port stays its own while the service is not yet there, or away for a while.
 */
const claim = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve(false));
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => {
      socket.unref();
      resolve(true);
    });
  });

/** Finds `count` different ports that nobody listens on, for processes that are told their port before they start. They are never found again. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(PORT_MIN, PORT_MAX);
    if ((await claim(port)) && (await isFree(port))) ports.add(port);
  }
  return [...ports];
};
