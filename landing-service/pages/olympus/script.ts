/** Behaviour of the page olympus: one player at a time, and what is listened to. */
export {};

interface Tracker {
  track(event_type: string, event_name?: string): void;
}

const tell = (event_type: string, player: HTMLAudioElement): void =>
  (window as Window & { fairsplit?: Tracker }).fairsplit?.track(event_type, player.dataset['title'] ?? '');

const players = [...document.querySelectorAll('audio')];
for (const player of players) {
  player.addEventListener('play', () => {
    for (const other of players) if (other !== player) other.pause();
    // Going on after a pause is no new listening.
    if (player.currentTime < 1) tell('play', player);
  });
  player.addEventListener('ended', () => tell('play_complete', player));
}

document.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
