/** Sends a form as soon as something is chosen in it; its button is for pages without scripts. */
class AutoSubmit extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener('change', (event) => (event.target as HTMLSelectElement).form?.requestSubmit());
  }
}

customElements.define('auto-submit', AutoSubmit);

export {};
