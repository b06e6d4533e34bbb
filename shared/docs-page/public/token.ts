import { frameElement } from './element.ts';

const KEPT_AS = 'fairsplit-docs-token';

/** The token that the reader typed in: kept in this tab until it is closed, and nowhere else. */
export class TokenField {
  private readonly field: HTMLInputElement;
  private token: string;

  /** `changed` is told when another token is to be used. */
  constructor(changed: () => void) {
    this.field = frameElement<HTMLInputElement>('token');
    this.token = sessionStorage.getItem(KEPT_AS) ?? '';
    this.field.value = this.token;
    const use = (): void => {
      const token = this.field.value.trim();
      if (token === this.token) return;
      this.token = token;
      if (token === '') sessionStorage.removeItem(KEPT_AS);
      else sessionStorage.setItem(KEPT_AS, token);
      changed();
    };
    this.field.addEventListener('change', use);
    frameElement<HTMLFormElement>('token-form').addEventListener('submit', (event) => {
      event.preventDefault();
      use();
    });
  }

  /** The header that carries it; none without a token, or with one that no header can carry. */
  headers(): Readonly<Record<string, string>> {
    return /^[\x21-\x7e]+$/.test(this.token) ? { authorization: `Bearer ${this.token}` } : {};
  }

  get given(): boolean {
    return this.token !== '';
  }

  /** Asks for it. */
  focus(): void {
    this.field.focus();
    this.field.select();
  }
}
