/** What an element may hold: text stays text, whatever is in it. */
export type Child = Node | string | false | undefined | readonly Child[];

const nodesOf = (children: readonly Child[]): (Node | string)[] =>
  children.flatMap((child) => (child === false || child === undefined ? [] : child instanceof Node || typeof child === 'string' ? [child] : nodesOf(child as readonly Child[])));

/** Makes an element; `true` is an attribute without a value, `false` and `undefined` are none. */
export const element = <Name extends keyof HTMLElementTagNameMap>(name: Name, attributes: Readonly<Record<string, string | boolean | undefined>> = {}, ...children: readonly Child[]): HTMLElementTagNameMap[Name] => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined && value !== false) made.setAttribute(key, value === true ? '' : value);
  made.append(...nodesOf(children));
  return made;
};

/** An element of the page's frame; throws when it is not there: that is a bug of the page. */
export const frameElement = <T extends HTMLElement = HTMLElement>(id: string): T => {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no element ${id}`);
  return found as T;
};
