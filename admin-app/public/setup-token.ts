/** Takes the set-up code from the part of the address after #, which no server and no log sees. */
class SetupToken extends HTMLElement {
  connectedCallback(): void {
    const input = this.querySelector('input');
    if (input === null) return;
    const token = location.hash.slice(1);
    if (token !== '') input.value = token;
    this.classList.toggle('filled', input.value !== '');
    const first = document.querySelector<HTMLInputElement>(input.value === '' ? '#token' : document.querySelector('[aria-invalid]') === null ? '#name' : '[aria-invalid]');
    first?.focus();
  }
}

customElements.define('setup-token', SetupToken);

export {};
