import type { Database } from '../../../shared/sqlite/database.ts';

/** How many words are kept in memory before the memory starts anew: a stranger may send any number of them. */
const REMEMBERED_MAX = 50_000;

/** Numbers for the words that events repeat (types, names, variants, metrics); from 1, so that 0 is free for "any". */
export class WordStore {
  private readonly ids = new Map<string, number>();
  private readonly words = new Map<number, string>();
  private readonly select;
  private readonly selectWord;
  private readonly insert;

  constructor(database: Database) {
    this.select = database.prepare('SELECT id FROM words WHERE word = ?');
    this.selectWord = database.prepare('SELECT word FROM words WHERE id = ?');
    this.insert = database.prepare('INSERT INTO words (word) VALUES (?)');
  }

  /** Answers the number of a word, giving it one inside the open transaction if it has none. */
  idOf(word: string): number {
    return this.find(word) ?? this.remember(word, Number(this.insert.run(word).lastInsertRowid));
  }

  /** Answers the number of a word that has one. */
  find(word: string): number | undefined {
    const known = this.ids.get(word);
    if (known !== undefined) return known;
    const row = this.select.get(word);
    return row === undefined ? undefined : this.remember(word, row['id'] as number);
  }

  /** Answers the word of a number that was given out. */
  wordOf(id: number): string {
    const known = this.words.get(id);
    if (known !== undefined) return known;
    const word = this.selectWord.get(id)?.['word'] as string;
    this.remember(word, id);
    return word;
  }

  /** Forgets what a rolled-back transaction may have taught. */
  forget(): void {
    this.ids.clear();
    this.words.clear();
  }

  private remember(word: string, id: number): number {
    if (this.ids.size >= REMEMBERED_MAX) this.forget();
    this.ids.set(word, id);
    this.words.set(id, word);
    return id;
  }
}
