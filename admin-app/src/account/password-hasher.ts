import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Problem } from '../../../shared/problem.ts';

/** What one hash costs whoever computes it. */
export interface HashCost {
  readonly memory_kibibytes: number;
  readonly passes: number;
  readonly lanes: number;
}

/** 64 MiB and three passes: the second recommended option of RFC 9106 with one lane; about 0.2 s. */
const COST: HashCost = { memory_kibibytes: 65_536, passes: 3, lanes: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Each takes a thread and 64 MiB: more at once would starve the disk's threads and the container's memory. */
const AT_ONCE_MAX = 2;
const WAITING_MAX = 16;
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/;

const compute = promisify(argon2);
const base64 = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');

const derive = (password: string, salt: Buffer, cost: HashCost, bytes: number): Promise<Buffer> =>
  compute('argon2id', {
    message: password.normalize('NFKC'),
    nonce: salt,
    parallelism: cost.lanes,
    tagLength: bytes,
    memory: cost.memory_kibibytes,
    passes: cost.passes,
  });

/** Hashes and checks passwords with argon2id (RFC 9106), two at a time; throws Problem `overloaded` when too many wait. */
export class PasswordHasher {
  private readonly cost: HashCost;
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  private decoy: Promise<string> | undefined;

  /** A test passes a small cost. */
  constructor(cost: HashCost = COST) {
    this.cost = cost;
  }

  /** Answers a hash in PHC string format, which says how it was made. */
  hash(password: string): Promise<string> {
    return this.inTurn(async () => {
      const { memory_kibibytes, passes, lanes } = this.cost;
      const salt = randomBytes(SALT_BYTES);
      const hash = await derive(password, salt, this.cost, HASH_BYTES);
      return `$argon2id$v=19$m=${memory_kibibytes},t=${passes},p=${lanes}$${base64(salt)}$${base64(hash)}`;
    });
  }

  /** Answers whether a password is the hashed one. Without a hash it is false after the same work, so that time does not tell which names exist. */
  async verify(password: string, hash: string | undefined): Promise<boolean> {
    this.decoy ??= this.hash(base64(randomBytes(SALT_BYTES)));
    const decoy = await this.decoy.catch((error: unknown) => {
      this.decoy = undefined;
      throw error;
    });
    const matches = await this.inTurn(() => this.matches(password, hash ?? decoy));
    return hash !== undefined && matches;
  }

  private async matches(password: string, phc: string): Promise<boolean> {
    const [, memory, passes, lanes, salt = '', hash = ''] = PHC.exec(phc) ?? [];
    const expected = Buffer.from(hash, 'base64');
    const cost = { memory_kibibytes: Number(memory), passes: Number(passes), lanes: Number(lanes) };
    if (expected.length === 0) return false;
    return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64'), cost, expected.length), expected);
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= AT_ONCE_MAX) {
      if (this.waiting.length >= WAITING_MAX) throw new Problem('overloaded', 'Too many people are signing in at this moment.', { retry_after_seconds: 2 });
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else this.running += 1;
    try {
      return await work();
    } finally {
      // The turn is handed over, so nobody can slip in between.
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }
}
