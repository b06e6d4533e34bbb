import type { UnitRange } from './case-folding.ts';
import { joinedRanges, withOtherCases } from './case-folding.ts';

/** How large a pattern may be after repetitions such as `a{40}` are written out, in characters and classes; keeps the worst search under about 30 ms. */
export const PATTERN_ATOMS_MAX = 1_024;

/** What a person is told about a pattern that is valid but not supported. */
export class UnsupportedPattern extends Error {}

/** A rewritten part, and how many characters and classes it holds. */
interface Part {
  readonly text: string;
  readonly atoms: number;
}

const part = (text: string, atoms: number): Part => {
  if (atoms > PATTERN_ATOMS_MAX) throw new UnsupportedPattern('repeats too much');
  return { text, atoms };
};

const unitText = (unit: number): string => {
  const character = String.fromCharCode(unit);
  return /[A-Za-z0-9_ ]/.test(character) ? character : `\\u${unit.toString(16).padStart(4, '0')}`;
};

const rangeText = ([from, to]: UnitRange): string => (from === to ? unitText(from) : `${unitText(from)}-${unitText(to)}`);

/**
 * Rewrites a regular expression that V8 has accepted (no flags, ECMA-262 with annex B) into one that its linear engine takes and that
 * finds the same texts: repetitions are written out (the engine refuses more than 16), groups do not capture, laziness goes, and with
 * `any_case` letters become classes (the engine has no flag `i`). Throws UnsupportedPattern for look-around, back-references, inline flags and excess.
 */
export class PatternRewriter {
  /** Quantifiers, and groups with alternatives: what a backtracking engine can lose its way in. */
  choices = 0;
  private at = 0;
  private readonly source: string;
  private readonly any_case: boolean;

  constructor(source: string, any_case: boolean) {
    this.source = source;
    this.any_case = any_case;
  }

  rewritten(): string {
    return this.disjunction(0).text;
  }

  private disjunction(depth: number): Part {
    let whole = this.alternative(depth);
    if (depth > 0 && this.source[this.at] === '|') this.choices += 1;
    while (this.take('|')) {
      const next = this.alternative(depth);
      whole = part(`${whole.text}|${next.text}`, whole.atoms + next.atoms);
    }
    return whole;
  }

  private alternative(depth: number): Part {
    let whole = part('', 0);
    while (this.at < this.source.length && this.source[this.at] !== '|' && this.source[this.at] !== ')') {
      const next = this.quantified(this.atom(depth));
      whole = part(whole.text + next.text, whole.atoms + next.atoms);
    }
    return whole;
  }

  private quantified(atom: Part): Part {
    const bounds = this.quantifier();
    if (!bounds) return atom;
    this.take('?');
    this.choices += 1;
    const [least, most] = bounds;
    const one = /^(\\u[0-9a-f]{4}|[^\\]|\\[a-z]|\[[^\]]*\])$/i.test(atom.text) ? atom.text : `(?:${atom.text})`;
    if (most === Infinity && least === 0) return part(`${one}*`, atom.atoms);
    if (most === Infinity && least === 1) return part(`${one}+`, atom.atoms);
    if (least === 0 && most === 1) return part(`${one}?`, atom.atoms);
    // An empty atom counts too: its copies are text all the same.
    const weight = Math.max(1, atom.atoms);
    const copies = most === Infinity ? least : most;
    const atoms = part('', weight * copies).atoms;
    if (most === Infinity) return part(one.repeat(least - 1) + `${one}+`, atoms);
    return part(one.repeat(least) + `(?:${one}`.repeat(most - least) + ')?'.repeat(most - least), atoms);
  }

  private quantifier(): readonly [number, number] | undefined {
    if (this.take('*')) return [0, Infinity];
    if (this.take('+')) return [1, Infinity];
    if (this.take('?')) return [0, 1];
    const found = /^\{(\d+)(,?)(\d*)\}/.exec(this.source.slice(this.at));
    if (!found) return undefined;
    this.at += found[0].length;
    const least = Number(found[1]);
    return [least, found[2] === '' ? least : found[3] === '' ? Infinity : Number(found[3])];
  }

  private atom(depth: number): Part {
    if (this.take('(')) return this.group(depth);
    if (this.take('[')) return this.characterClass();
    if (this.take('\\')) return this.escape();
    const character = this.source[this.at] as string;
    this.at += 1;
    if (character === '.') return part('.', 1);
    if (character === '^' || character === '$') return part(character, 1);
    return this.literal(character.charCodeAt(0));
  }

  private group(depth: number): Part {
    if (this.take('?')) {
      if (/^<?[=!]/.test(this.source.slice(this.at))) throw new UnsupportedPattern('must not look around, as (?=…), (?!…), (?<=…) and (?<!…) do');
      if (this.take('<')) this.at = this.source.indexOf('>', this.at) + 1;
      else if (!this.take(':')) throw new UnsupportedPattern('must not set flags, as (?i:…) does');
    }
    const inner = this.disjunction(depth + 1);
    this.at += 1;
    return part(`(?:${inner.text})`, inner.atoms);
  }

  private escape(): Part {
    const character = this.source[this.at] as string;
    if (/[1-9]/.test(character) || (character === 'k' && this.source[this.at + 1] === '<')) {
      throw new UnsupportedPattern(`must not refer back, as \\${character} does`);
    }
    if (/[dDsSwWbB]/.test(character)) {
      this.at += 1;
      return part(`\\${character}`, 1);
    }
    return this.literal(this.escapedUnit(false));
  }

  /** Reads what follows a backslash as one unit; `in_class` allows `\b` and control digits there. */
  private escapedUnit(in_class: boolean): number {
    const rest = this.source.slice(this.at);
    const found = /^(?:x([0-9a-f]{2})|u([0-9a-f]{4})|([0-3][0-7]{0,2}|[4-7][0-7]?))/i.exec(rest);
    if (found) {
      this.at += found[0].length;
      return found[3] === undefined ? parseInt((found[1] ?? found[2]) as string, 16) : parseInt(found[3], 8);
    }
    const character = rest[0] as string;
    if (character === 'c') {
      if (!(in_class ? /^c[A-Za-z0-9_]/ : /^c[A-Za-z]/).test(rest)) return 0x5c;
      this.at += 2;
      return rest.charCodeAt(1) & 31;
    }
    this.at += 1;
    if (in_class && character === 'b') return 8;
    const control = 'tnvfr'.indexOf(character);
    return control < 0 ? character.charCodeAt(0) : [9, 10, 11, 12, 13][control] as number;
  }

  private literal(unit: number): Part {
    if (!this.any_case) return part(unitText(unit), 1);
    const units = joinedRanges(withOtherCases([[unit, unit]]));
    return part(units.length === 1 && units[0]?.[0] === units[0]?.[1] ? unitText(unit) : `[${units.map(rangeText).join('')}]`, 1);
  }

  private characterClass(): Part {
    const negated = this.take('^');
    let sets = '';
    let ranges: UnitRange[] = [];
    while (!this.take(']')) {
      const from = this.classMember();
      if (typeof from === 'number' && this.source[this.at] === '-' && this.source[this.at + 1] !== ']') {
        this.at += 1;
        const to = this.classMember();
        if (typeof to === 'number') ranges.push([from, to]);
        else {
          // Annex B: next to a set such as \w a hyphen is a hyphen.
          sets += to;
          ranges.push([from, from], [0x2d, 0x2d]);
        }
      } else if (typeof from === 'number') ranges.push([from, from]);
      else sets += from;
    }
    if (this.any_case) ranges = withOtherCases(ranges);
    const joined = joinedRanges(ranges);
    return part(`[${negated ? '^' : ''}${joined.map(rangeText).join('')}${sets}]`, 1 + joined.length);
  }

  private classMember(): number | string {
    if (this.take('\\')) {
      const character = this.source[this.at] as string;
      if (!/[dDsSwW]/.test(character)) return this.escapedUnit(true);
      this.at += 1;
      return `\\${character}`;
    }
    this.at += 1;
    return this.source.charCodeAt(this.at - 1);
  }

  private take(character: string): boolean {
    if (this.source[this.at] !== character) return false;
    this.at += 1;
    return true;
  }
}
