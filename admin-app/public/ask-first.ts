/** Opens the question beside a link as a modal dialog instead of following the link. */
class AskFirst extends HTMLElement {
  connectedCallback(): void {
    const dialog = this.querySelector('dialog');
    // Opened by the server for a page without scripts: here it can be modal.
    if (dialog?.open) {
      dialog.close();
      dialog.showModal();
    }
    this.addEventListener('click', (event) => {
      const link = (event.target as Element).closest('a');
      if (link?.parentElement !== this || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.querySelector('dialog')?.showModal();
    });
  }
}

customElements.define('ask-first', AskFirst);

export {};
