/** Behaviour of the first page: the contact form. */
export {};

/** Keeps a form from being sent twice, and leads to the first field that has a fault; without it the server does both. */
const readyForm = (form: HTMLFormElement): void => {
  const button = form.querySelector<HTMLButtonElement>('button[type=submit]');
  const label = button?.textContent ?? '';
  // Only once the browser has gone to the form, which takes the focus away.
  window.addEventListener('load', () => setTimeout(() => form.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()));
  form.addEventListener('submit', (event) => {
    if (button === null) return;
    if (button.getAttribute('aria-disabled') === 'true') event.preventDefault();
    button.setAttribute('aria-disabled', 'true');
    button.textContent = 'Sending…';
  });
  // A page that comes back from the browser's memory may be sent again.
  window.addEventListener('pageshow', () => {
    button?.removeAttribute('aria-disabled');
    if (button !== null) button.textContent = label;
  });
};

for (const form of document.forms) readyForm(form);
