import { element } from './element.ts';
import { colouredJson, prettyText } from './pretty-json.ts';

const COPIED_SHOWN_MS = 1_500;

/** A button that copies what `text` answers at that moment. */
export const copyButton = (label: string, text: () => string, shown: string = 'Copy'): HTMLButtonElement => {
  const button = element('button', { type: 'button', class: 'button quiet copy', 'aria-label': label }, shown);
  button.addEventListener('click', () => {
    const say = (word: string): void => {
      button.textContent = word;
      setTimeout(() => (button.textContent = shown), COPIED_SHOWN_MS);
    };
    // Over plain http from another machine a browser has no clipboard.
    if (!('clipboard' in navigator)) say('Not here');
    else navigator.clipboard.writeText(text()).then(() => say('Copied'), () => say('Refused'));
  });
  return button;
};

/** A block of code that scrolls by keyboard, with a button that copies it. */
export const codeBlock = (label: string, content: readonly (Node | string)[], wrapped: boolean = false): HTMLElement => {
  const code = element('code', {}, content);
  const head = element('div', { class: 'code-head' }, element('span', {}, label), copyButton(`Copy: ${label}`, () => code.textContent ?? ''));
  return element('div', { class: wrapped ? 'code wrapped' : 'code' }, head, element('pre', { tabindex: '0', role: 'region', 'aria-label': label }, code));
};

/** A value of the document as a block of code: JSON, or the text that it is. */
export const exampleBlock = (label: string, value: unknown): HTMLElement => codeBlock(label, typeof value === 'string' ? [value] : colouredJson(prettyText(value)));
