import { automationOf } from '../../../shared/bots.ts';
import type { ValidEvent } from '../../../shared/event-schema.ts';

/** Says why an event is no person's, by what the page or the tracker saw of the browser; undefined for a person. A program that says nothing of it is never taken for a bot. */
export const botReason = ({ context }: ValidEvent): string | undefined => (context === undefined ? undefined : (automationOf(context) ?? undefined));
