/** Sends a switch without leaving the page; it shows the wanted state at once, and the old one again when that fails. */
class SwitchForm extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.send(event.target as HTMLFormElement);
    });
  }

  private async send(form: HTMLFormElement): Promise<void> {
    const button = form.querySelector<HTMLButtonElement>('[role="switch"]');
    if (button === null || button.getAttribute('aria-busy') === 'true') return;
    const was_on = button.getAttribute('aria-checked') === 'true';
    const body = new URLSearchParams({ enabled: String(!was_on) });
    button.setAttribute('aria-checked', String(!was_on));
    button.setAttribute('aria-busy', 'true');
    const fault = await this.post(form.action, body);
    button.removeAttribute('aria-busy');
    if (fault !== undefined) button.setAttribute('aria-checked', String(was_on));
    const alert = document.querySelector('.switch-fault');
    if (alert !== null) alert.textContent = fault ?? '';
    if (fault !== undefined) this.dispatchEvent(new Event('switch-settled', { bubbles: true }));
  }

  /** Answers what went wrong, in words; undefined when all is well. */
  private async post(action: string, body: URLSearchParams): Promise<string | undefined> {
    try {
      const answer = await fetch(action, { method: 'POST', body, headers: { accept: 'application/json' } });
      if (answer.ok) return undefined;
      const problem = (await answer.json()) as { detail?: string };
      return problem.detail ?? `The switch answered ${answer.status}.`;
    } catch {
      return 'The admin does not answer. Nothing was switched.';
    }
  }
}

customElements.define('switch-form', SwitchForm);

export {};
