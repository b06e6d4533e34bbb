/** A reason not to start: its message is the one line that stderr gets; `runService` prints it and exits with code 1. */
export class StartFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StartFault';
  }
}
