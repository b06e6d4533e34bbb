import type { WideColumn } from '../columns.ts';
import type { TimeColumn, TrailColumns } from './session-block.ts';

/** A register has so many fields, one for a step. */
const FIELDS = 3;
/** A field holds the place of an event in its session, from 1 on: a trail has at most a thousand. */
const FIELD_BITS = 10;
const FIELD = 2 ** FIELD_BITS - 1;
const LAST_FIELD = (FIELDS - 1) * FIELD_BITS;

const NOTHING = new Uint32Array(0);

/** The fields of those of three steps, from one on, that are among some. */
const fieldsOf = (made: number, step: number): number => {
  let fields = 0;
  for (let field = 0; field < FIELDS; field += 1) if ((made & (1 << (step + field))) !== 0) fields |= FIELD << (field * FIELD_BITS);
  return fields;
};

/** How many fields a register has up to the last that is not 0. */
const fieldsIn = (register: number): number => ((31 + FIELD_BITS - Math.clz32(register)) / FIELD_BITS) | 0;

/**
 * Follows the trails of a block through the steps of a funnel, of which there are at most eight. What counts is, by step, the latest beginning from which
 * somebody came there: a later one is never worse, and that of a step is never later than that of the step before. So an event that makes a step hands it
 * the beginning of the step before. All that without a branch where it can be: nobody can foresee what events make.
 */
export class TrailFollower {
  /** By step, as far as steps are reached: the beginning, in milliseconds since 1970. */
  readonly begun: Float64Array;
  private readonly steps: readonly number[];
  private readonly within_ms: number;
  /** By number of a metric: a bit for each step that it makes. */
  private readonly makes_of_metric: Uint8Array;
  private kind: WideColumn = NOTHING;
  private times: TimeColumn = { base: 0, after: NOTHING };
  /** By kind of event: a bit for each step that it makes. */
  private makes: Uint8Array = new Uint8Array(0);
  /** The same with all bits of a field, three steps to a register. */
  private fields: readonly [Int32Array, Int32Array, Int32Array] = [new Int32Array(0), new Int32Array(0), new Int32Array(0)];
  /** What `followFresh` came to: the beginnings, as places of events. */
  private readonly registers = new Int32Array(FIELDS);

  /** Steps are numbers of metrics; those below 0 are made by nothing. */
  constructor(steps: readonly number[], within_ms: number) {
    this.steps = steps;
    this.within_ms = within_ms;
    this.begun = new Float64Array(steps.length);
    this.makes_of_metric = new Uint8Array(Math.max(0, ...steps) + 1);
    for (const [step, metric] of steps.entries()) if (metric >= 0) this.makes_of_metric[metric] = (this.makes_of_metric[metric] as number) | (1 << step);
  }

  /** Turns to the trails of a block; answers whether anything in it makes a step. */
  open({ kind, type_of_kind, metric_of_kind }: TrailColumns, times: TimeColumn | undefined): boolean {
    const { makes_of_metric } = this;
    const makes = new Uint8Array(type_of_kind.length);
    const fields = [new Int32Array(makes.length), new Int32Array(makes.length), new Int32Array(makes.length)] as const;
    let all = 0;
    for (let place = 0; place < makes.length; place += 1) {
      const made = (makes_of_metric[type_of_kind[place] as number] ?? 0) | (makes_of_metric[metric_of_kind[place] as number] ?? 0);
      makes[place] = made;
      for (let register = 0; register < fields.length && made !== 0; register += 1) (fields[register] as Int32Array)[place] = fieldsOf(made, register * FIELDS);
      all |= made;
    }
    this.kind = kind;
    this.makes = makes;
    this.fields = fields;
    if (times !== undefined) this.times = times;
    return all !== 0;
  }

  /** Counts the steps that are made by the events of a session after so many, whenever they were. */
  stepsAfter(steps: number, begin: number, end: number): number {
    const { kind, makes } = this;
    // A step that would follow the last is made by nothing; adding a bit to itself is the next.
    let wanted = 1 << steps;
    for (let event = begin; event < end; event += 1) wanted += (makes[kind[event] as number] as number) & wanted;
    return 31 - Math.clz32(wanted);
  }

  /** Follows a session that does not last longer than the bound, from no step on; answers how many are made. `begin` then tells when they began. */
  followFresh(begin: number, end: number): number {
    const { kind, registers, fields: [first, second, third] } = this;
    let [one, two, three] = [0, 0, 0];
    if (this.steps.length <= FIELDS) {
      for (let event = begin; event < end; event += 1) {
        const made = first[kind[event] as number] as number;
        one = (one & ~made) | (((one << FIELD_BITS) | (event - begin + 1)) & made);
      }
    } else {
      for (let event = begin; event < end; event += 1) {
        const each = kind[event] as number;
        const [made, made_second, made_third] = [first[each] as number, second[each] as number, third[each] as number];
        three = (three & ~made_third) | (((three << FIELD_BITS) | (two >>> LAST_FIELD)) & made_third);
        two = (two & ~made_second) | (((two << FIELD_BITS) | (one >>> LAST_FIELD)) & made_second);
        one = (one & ~made) | (((one << FIELD_BITS) | (event - begin + 1)) & made);
      }
    }
    registers[0] = one;
    registers[1] = two;
    registers[2] = three;
    return fieldsIn(one) + fieldsIn(two) + fieldsIn(three);
  }

  /** Fills `begun` after `followFresh`, of the session that begins with an event. */
  begin(steps: number, event: number): void {
    const { registers, begun, times: { base, after } } = this;
    let fields = registers[0] as number;
    for (let step = 0; step < steps; step += 1) {
      if (step === FIELDS || step === 2 * FIELDS) fields = registers[step / FIELDS] as number;
      begun[step] = base + (after[event + (fields & FIELD) - 1] as number);
      fields >>>= FIELD_BITS;
    }
  }

  /** Follows a session after some steps were made, whose beginnings `begun` has; answers how many are made then. */
  follow(steps_before: number, begin: number, end: number): number {
    const { kind, makes, begun, within_ms, times: { base, after } } = this;
    let steps = steps_before;
    for (let event = begin; event < end; event += 1) {
      // Steps beyond the next cannot be made yet; from the last one down, because an event makes one step.
      let made = (makes[kind[event] as number] as number) & ((2 << steps) - 1);
      if (made === 0) continue;
      const at = base + (after[event] as number);
      for (; made !== 0; made &= ~(1 << (31 - Math.clz32(made)))) {
        const step = 31 - Math.clz32(made);
        const from = step === 0 ? at : (begun[step - 1] as number);
        if (at - from > within_ms) continue;
        begun[step] = from;
        if (step === steps) steps += 1;
      }
    }
    return steps;
  }
}
