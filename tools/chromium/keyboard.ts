/** What a key press says to the page, in the DevTools protocol's words. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly windowsVirtualKeyCode: number;
  readonly modifiers: number;
  /** Absent for keys that write nothing. */
  readonly text?: string;
}

const NAMED: Readonly<Record<string, readonly [code: string, number: number, text?: string]>> = {
  Enter: ['Enter', 13, '\r'],
  Tab: ['Tab', 9],
  Escape: ['Escape', 27],
  Backspace: ['Backspace', 8],
  Delete: ['Delete', 46],
  Space: ['Space', 32, ' '],
  ArrowLeft: ['ArrowLeft', 37],
  ArrowUp: ['ArrowUp', 38],
  ArrowRight: ['ArrowRight', 39],
  ArrowDown: ['ArrowDown', 40],
  Home: ['Home', 36],
  End: ['End', 35],
  PageUp: ['PageUp', 33],
  PageDown: ['PageDown', 34],
};

const MODIFIERS: Readonly<Record<string, number>> = { Alt: 1, Control: 2, Meta: 4, Shift: 8 };

/**
 * Reads a key such as `Enter`, `a`, `Shift+Tab` or `Control+a`; throws for a name that is not known.
 * A letter or digit stands for itself.
 */
export const keyPress = (name: string): KeyPress => {
  const parts = name === '+' ? ['+'] : name.split('+');
  const key = parts.pop() ?? '';
  let modifiers = 0;
  for (const part of parts) {
    const bit = MODIFIERS[part];
    if (bit === undefined) throw new Error(`No such modifier: ${part} (of ${name})`);
    modifiers |= bit;
  }
  const named = NAMED[key === ' ' ? 'Space' : key];
  const writes = (modifiers & ~8) === 0;
  if (named !== undefined) {
    const [code, number, text] = named;
    return { key: code === 'Space' ? ' ' : key, code, windowsVirtualKeyCode: number, modifiers, ...(text !== undefined && writes ? { text } : {}) };
  }
  if ([...key].length !== 1) throw new Error(`No such key: ${key} (of ${name})`);
  const upper = key.toUpperCase();
  const code = /[A-Z]/.test(upper) ? `Key${upper}` : /\d/.test(upper) ? `Digit${upper}` : '';
  return { key, code, windowsVirtualKeyCode: code === '' ? 0 : upper.charCodeAt(0), modifiers, ...(writes ? { text: key } : {}) };
};
