/** Adds a button that shows the password as it is typed. */
class PasswordField extends HTMLElement {
  connectedCallback(): void {
    const input = this.querySelector('input');
    if (input === null || this.querySelector('button') !== null) return;
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Show';
    button.setAttribute('aria-pressed', 'false');
    button.setAttribute('aria-label', 'Show the password');
    button.addEventListener('click', () => {
      const shown = input.type === 'password';
      input.type = shown ? 'text' : 'password';
      button.textContent = shown ? 'Hide' : 'Show';
      button.setAttribute('aria-pressed', String(shown));
    });
    // A password that is shown must not be kept by the browser as ordinary text.
    input.form?.addEventListener('submit', () => {
      input.type = 'password';
    });
    this.classList.add('with-button');
    this.append(button);
  }
}

customElements.define('password-field', PasswordField);

export {};
