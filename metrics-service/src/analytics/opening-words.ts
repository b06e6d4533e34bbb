import type { EventContext } from '../../../shared/contract/event.ts';
import { deviceOf } from '../../../shared/device.ts';
import type { WordStore } from '../word/word-store.ts';
import { plainLanguage } from './event-signs.ts';
import type { Opening } from './session.ts';
import { visitSource } from './visit-source.ts';

/** How many user agents, and how many referrers, are remembered with what they come to. */
const REMEMBERED_MAX = 2_000;

interface DeviceWords {
  readonly device: number;
  readonly browser: number;
}

const NO_DEVICE: DeviceWords = { device: 0, browser: 0 };

/** Turns what an event says of its visit into numbers of words; visitors repeat each other, so what was worked out is remembered. */
export class OpeningWords {
  private readonly words: WordStore;
  private readonly own_hosts: ReadonlySet<string>;
  private readonly devices = new Map<string, DeviceWords>();
  private readonly sources = new Map<string, number>();
  private readonly languages = new Map<string, number>();

  constructor(words: WordStore, own_hosts: readonly string[]) {
    this.words = words;
    this.own_hosts = new Set(own_hosts.map((host) => host.toLowerCase().replace(/^www\./, '')));
  }

  /** The words of a visit, made inside the open transaction where they are new. */
  of({ user_agent, referrer, utm, language }: EventContext): Pick<Opening, 'source' | 'device' | 'browser' | 'language'> {
    const { device, browser } = user_agent === undefined ? NO_DEVICE : remembered(this.devices, user_agent, () => this.deviceWords(user_agent));
    const source = remembered(this.sources, utm === undefined ? (referrer ?? '') : `${referrer} ${JSON.stringify(utm)}`, () => this.sourceWord({ ...(referrer === undefined ? {} : { referrer }), ...(utm === undefined ? {} : { utm }) }));
    return { source, device, browser, language: language === undefined ? 0 : remembered(this.languages, language, () => this.idOf(plainLanguage(language))) };
  }

  /** Forgets what a rolled-back transaction may have taught. */
  forget(): void {
    for (const memory of [this.devices, this.sources, this.languages]) memory.clear();
  }

  private deviceWords(user_agent: string): DeviceWords {
    const { device, browser } = deviceOf(user_agent);
    return { device: this.idOf(device), browser: this.idOf(browser) };
  }

  private sourceWord(context: Pick<EventContext, 'referrer' | 'utm'>): number {
    const { channel, source, medium, campaign } = visitSource(context, this.own_hosts);
    return this.words.idOf(JSON.stringify([channel, source, medium, campaign]));
  }

  private idOf(word: string): number {
    return word === '' ? 0 : this.words.idOf(word);
  }
}

const remembered = <T>(memory: Map<string, T>, key: string, make: () => T): T => {
  const known = memory.get(key);
  if (known !== undefined) return known;
  if (memory.size >= REMEMBERED_MAX) memory.clear();
  const made = make();
  memory.set(key, made);
  return made;
};
